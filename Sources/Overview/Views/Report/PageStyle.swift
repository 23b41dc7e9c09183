extension ReportPage {
  /// How the page looks, by light and by dark. Text has a contrast of at least 4.5 against what is behind it, bars of
  /// at least 3 (WCAG 2.2). What a bar is its height, its place or its pattern tells too, and not only its colour.
  static let style: StaticString = """
    :root { color-scheme: light dark;
      --page: #f3f5f8; --card: #ffffff; --edge: #dde3ea; --text: #18212c; --soft: #566375;
      --up: #d3ebdf; --well: #16764a; --late: #b36a00; --down: #c9252d; --boot: #6a3fbf;
      --restart: #1d5fc4; --held: #44546a; --grid: rgba(24, 33, 44, .12); --head: #eef1f5; }
    @media (prefers-color-scheme: dark) { :root {
      --page: #0e131a; --card: #171e28; --edge: #2a3442; --text: #e8edf4; --soft: #9eacbd;
      --up: #17402f; --well: #5fd09a; --late: #f0a93b; --down: #ff6b66; --boot: #b99bff;
      --restart: #7db4ff; --held: #b6c3d4; --grid: rgba(232, 237, 244, .13); --head: #1d2531; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--page); color: var(--text);
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
      font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%; }
    header, main, footer { max-width: 76rem; margin: 0 auto; padding: 0 clamp(1rem, 4vw, 2.5rem); }
    header { padding-top: clamp(1.5rem, 5vw, 3rem); padding-bottom: .5rem; }
    h1 { margin: 0; font-size: clamp(1.6rem, 5vw, 2.3rem); line-height: 1.15; letter-spacing: -.02em;
      overflow-wrap: anywhere; }
    .eyebrow { margin: 0 0 .2rem; font-size: .85rem; color: var(--soft); }
    h2 { margin: 0 0 .9rem; font-size: 1.15rem; letter-spacing: -.01em; }
    p { margin: .3rem 0; }
    .soft { color: var(--soft); }
    .bad { color: var(--down); font-weight: 600; }
    .good { color: var(--well); font-weight: 600; }
    section { margin: 1.25rem 0; padding: clamp(1rem, 3vw, 1.5rem); background: var(--card);
      border: 1px solid var(--edge); border-radius: 14px; }
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(11.5rem, 1fr)); gap: .9rem;
      padding: 0; background: none; border: 0; }
    .tile { padding: 1rem 1.15rem; background: var(--card); border: 1px solid var(--edge); border-radius: 14px; }
    .tile h2 { margin: 0; font-size: .85rem; font-weight: 500; letter-spacing: 0; color: var(--soft); }
    .tile strong { display: block; margin: .1rem 0; font-size: 1.75rem; font-weight: 650; line-height: 1.25;
      letter-spacing: -.02em; }
    .tile p { margin: 0; font-size: .85rem; color: var(--soft); overflow-wrap: anywhere; }
    .tile p.bad { color: var(--down); }
    ol { margin: 0; padding-left: 1.4rem; }
    li { margin: .35rem 0; padding-left: .2rem; overflow-wrap: anywhere; }
    li::marker { color: var(--soft); }
    b { font-weight: 650; }
    .legend { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; margin: 0 0 1rem; padding: 0; list-style: none;
      font-size: .85rem; color: var(--soft); }
    .legend li { display: flex; align-items: center; gap: .45rem; margin: 0; padding: 0; }
    .legend svg { width: 22px; height: 14px; border-radius: 3px; }
    .shared { position: absolute; width: 0; height: 0; }
    .row { display: grid; grid-template-columns: 11rem minmax(0, 1fr) 4.5rem; gap: 0 1rem; align-items: center;
      padding: .28rem 0; }
    .row .name { font-weight: 600; line-height: 1.25; overflow-wrap: anywhere; }
    .row .name span { vertical-align: top; display: -webkit-inline-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3;
      overflow: hidden; }
    .row .name small { display: block; font-weight: 400; font-size: .78rem; color: var(--soft); }
    .row .name .bad { color: var(--down); }
    .row .nines { text-align: right; font-weight: 650; line-height: 1.2; }
    .row .nines small { display: block; font-weight: 400; font-size: .78rem; color: var(--soft); }
    .strip { display: block; width: 100%; height: 30px; border-radius: 5px; }
    .axis { display: block; width: 100%; height: 16px; overflow: visible; }
    .axis text { fill: var(--soft); font-size: 12px; text-anchor: middle; }
    .up { fill: var(--up); }
    .grid { stroke: var(--grid); stroke-width: 1; }
    .late { y: 45%; height: 55%; fill: var(--late); stroke: var(--late); stroke-width: 2; }
    .down { fill: var(--down); stroke: var(--down); stroke-width: 3; }
    .boot { fill: var(--boot); stroke: var(--boot); stroke-width: 3; }
    .restart { stroke: var(--restart); stroke-width: 2; stroke-dasharray: 4 2; }
    .hungry { fill: none; stroke: var(--late); stroke-width: 4; stroke-dasharray: 3 3; }
    .held { fill: url(#hatch); } .hatch { fill: var(--held); fill-opacity: .75; }
    .stood { fill: url(#dots); } .dot { fill: var(--held); }
    .table { overflow-x: auto; margin: 0 -.25rem; padding: 0 .25rem; }
    table { width: 100%; border-collapse: collapse; font-size: .93rem; }
    th { text-align: left; font-weight: 600; }
    thead th { padding: .45rem .6rem; font-size: .8rem; font-weight: 500; color: var(--soft);
      background: var(--head); vertical-align: bottom; }
    thead th:first-child { border-radius: 8px 0 0 8px; } thead th:last-child { border-radius: 0 8px 8px 0; }
    td, tbody th { padding: .5rem .6rem; border-bottom: 1px solid var(--edge); vertical-align: top; }
    tbody tr:last-child > * { border-bottom: 0; }
    tbody th { overflow-wrap: anywhere; min-width: 6rem; }
    td small, th small { display: block; font-size: .78rem; font-weight: 400; color: var(--soft); }
    .n { text-align: right; white-space: nowrap; }
    details { margin-top: .35rem; }
    summary { cursor: pointer; padding: .35rem 0; font-weight: 500; overflow-wrap: anywhere; }
    summary:focus-visible, .table:focus-visible { outline: 3px solid var(--restart); outline-offset: 2px;
      border-radius: 4px; }
    .names { columns: 14rem; column-gap: 1.5rem; margin: .5rem 0 0; padding: 0; list-style: none;
      font-size: .9rem; }
    .names li { margin: 0; padding: .1rem 0; break-inside: avoid; }
    .why { min-width: 14rem; overflow-wrap: anywhere; }
    footer { padding-top: .5rem; padding-bottom: 3rem; font-size: .85rem; color: var(--soft); }
    @media (max-width: 640px) {
      .tiles { grid-template-columns: 1fr 1fr; gap: .7rem; }
      .tile:first-child { grid-column: 1 / -1; } .tile { padding: .8rem .9rem; } .tile strong { font-size: 1.4rem; }
      .row { grid-template-columns: minmax(0, 1fr) auto; padding: .5rem 0; gap: .3rem 1rem; }
      .row .strip, .row .axis { grid-column: 1 / -1; grid-row: 2; }
      .row .name small, .row .nines small { display: inline; margin-left: .35rem; }
      .axis text { font-size: 11px; }
      .row.scale { padding: 0; }
      thead { display: none; }
      table, tbody { display: block; }
      tbody tr { display: grid; grid-template-columns: repeat(3, 1fr); gap: .3rem .8rem; padding: .8rem 0;
        border-bottom: 1px solid var(--edge); }
      tbody tr:last-child { border-bottom: 0; }
      td, tbody th { display: block; padding: 0; border: 0; }
      tbody th, td:not([data-label]) { grid-column: 1 / -1; }
      td[data-label]::before { content: attr(data-label); display: block; font-size: .78rem;
        color: var(--soft); }
      .n { text-align: left; } }
    @media print { body { background: none; } section, .tile { break-inside: avoid; } }
    """
}
