/** What happened to an interface that is captured on. */
export interface LinkEvent {
  readonly device: string;
  readonly state: 'down' | 'up' | 'gone' | 'back';
}
