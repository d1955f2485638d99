/** Height of every chart over time, px, known before what draws it has come. */
export const PLOT_HEIGHT = 214;
