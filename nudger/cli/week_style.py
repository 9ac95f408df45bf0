"""How the page of the week looks: light and dark, on a wide screen, a tablet, a phone and on paper.

Seven columns need about 1,100 pixels before words stop breaking; below that, days stand side by side as they fit.
On paper a week is a page: what stands in full below it is left to the screen, where it is opened by a click.
"""

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #faf9f6; --ink: #20252b; --soft: #525b66; --line: #d9d5cc; --card: #ffffff;
  --sms: #dcefe4; --mail: #e4eaf7; --mark: #fbedc8; --edge: #b9b4a8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15181c; --ink: #e9e7e2; --soft: #adb5bf; --line: #343a41; --card: #1e2227;
    --sms: #1f3d30; --mail: #26324a; --mark: #4a3c14; --edge: #59616b;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1.25rem 3rem; max-width: 100rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
}
h1 { margin: 0 0 .25rem; font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 2.5rem 0 .1rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: 1.3rem; }
h3 { margin: 1.75rem 0 .6rem; font-size: 1.05rem; }
h4 { margin: 0; font-size: .9rem; font-weight: 600; }
p { margin: 0; }
a { color: inherit; }
.soft, .band-name, .tag, .notes, footer { color: var(--soft); }
.people { margin: 1rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; }
.week {
  display: grid; gap: .45rem; grid-template-columns: 4.2rem repeat(7, minmax(0, 1fr));
  font-size: .82rem; line-height: 1.4;
}
.band-name { grid-column: 1; padding-top: .4rem; font-size: .78rem; }
.day {
  grid-row: 1 / span var(--rows); display: grid; grid-template-rows: subgrid; align-content: start;
  padding: .45rem; border: 1px solid var(--line); border-radius: .6rem;
}
.day.outside { border-style: dotted; }
.day.outside h4 { color: var(--soft); font-weight: 400; }
.marks { margin: .3rem 0 0; padding: 0; list-style: none; }
.marks li { margin-top: .2rem; padding: .1rem .4rem; border-radius: .3rem; background: var(--mark); }
.band > * + * { margin-top: .45rem; }
.nudge { padding: .45rem .5rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card);
  overflow-wrap: anywhere; }
.when { display: flex; justify-content: space-between; gap: .4rem; flex-wrap: wrap; }
.when time { font-weight: 700; }
.when a { text-decoration-color: var(--edge); text-underline-offset: .2em; }
.tag { font-size: .95em; }
.schedule { font-weight: 600; }
.words { margin-top: .3rem; }
.bubble { padding: .4rem .6rem; border-radius: .8rem .8rem .8rem .15rem; background: var(--sms); }
.letter { padding: .4rem .6rem; border-radius: .3rem; background: var(--mail); }
.subject { font-weight: 700; }
.letter p + p { margin-top: .45em; }
.notes { margin-top: .3rem; }
.held { border-style: dashed; border-color: var(--edge); background: transparent; color: var(--soft); }
.week .letter { position: relative; max-height: 13em; overflow: hidden; }
.week .letter::after {
  content: ""; position: absolute; inset: auto 0 0 0; height: 0; box-shadow: 0 0 1.1em 1.1em var(--mail);
}
summary:hover { text-decoration: underline; }
.paper-only { display: none; }
summary { margin-top: 1.75rem; font-size: 1.05rem; font-weight: 600; cursor: pointer; }
.full { margin: 0; padding: 0; list-style: none; max-width: 44rem; }
.full > li { margin-top: 1.4rem; }
.full .bubble, .full .letter { margin-top: .35rem; padding: .6rem .9rem; }
footer { margin-top: 3rem; padding-top: .75rem; border-top: 1px solid var(--line); font-size: .85rem; }
@media screen and (max-width: 1099px) {
  .week { grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); font-size: .95rem; }
  .band-name, .day.outside { display: none; }
  .day { display: block; padding: .6rem; }
  .day[style] { grid-column: auto !important; grid-row: auto; }
  .day .band, .band > * + * { margin-top: .5rem; }
}
@media screen and (max-width: 699px) {
  body { padding: 1rem .8rem 2rem; }
  .week { display: block; }
  .day { margin-top: .6rem; }
}
@media print {
  @page { size: landscape; margin: 9mm; }
  :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #333; --card: #fff; --line: #999; --edge: #777;
    --sms: #e6f3ec; --mail: #edf1f9; --mark: #fbf3d9; }
  body { padding: 0; max-width: none; font-size: 9pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .paper-only { display: block; font-size: 11pt; font-weight: 700; }
  header .people, details, footer { display: none; }
  h1 { font-size: 12pt; margin: 0; }
  h2 { margin: 0; padding: 0; border: 0; font-size: 11pt; }
  h3 { margin: 0 0 1mm; font-size: 10pt; }
  .sheet { break-after: page; }
  .person:last-of-type .sheet:last-of-type { break-after: auto; }
  .week { gap: 1.2mm; grid-template-columns: 11mm repeat(7, minmax(0, 1fr)); font-size: 7.2pt; line-height: 1.3; }
  .week, .nudge { break-inside: avoid; }
  .day { padding: 1mm; }
  .nudge { padding: .8mm 1mm; }
  .bubble, .letter { padding: .6mm 1mm; margin-top: .5mm; }
  .band-name { font-size: 6.5pt; }
  h4 { font-size: 8pt; }
  .week .letter { max-height: 8em; }
}
"""
