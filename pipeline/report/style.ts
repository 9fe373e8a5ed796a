/** How reports look: on screens of any width, light and dark, and on paper. */
export const style = `
:root{color-scheme:light dark;--text:#1f2328;--faint:#59636e;--page:#ffffff;--raised:#f6f8fa;--line:#d1d9e0;--link:#0550ae;--best:#0b6b3a;--warn:#8a4600;--warn-page:#fff4e0}
@media (prefers-color-scheme:dark){:root{--text:#e6e9ec;--faint:#a3adb8;--page:#15181c;--raised:#1d2126;--line:#3a424b;--link:#7cb7ff;--best:#5fd394;--warn:#ffc680;--warn-page:#33260f}}
*{box-sizing:border-box}
html{scroll-padding-top:3.2rem}
body{margin:0;overflow-wrap:break-word;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:76rem;margin:0 auto;padding:0 1rem 4rem}
header{max-width:76rem;margin:0 auto;padding:1.5rem 1rem .5rem}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .3rem;overflow-wrap:anywhere}
h2{font-size:1.3rem;margin:2.6rem 0 .6rem;padding-top:.6rem;border-top:1px solid var(--line)}
h3{font-size:1.05rem;margin:1.6rem 0 .5rem;overflow-wrap:anywhere}
p{margin:.5rem 0;max-width:52rem}
a{color:var(--link)}
.skip{position:absolute;left:-999px}.skip:focus{left:1rem;top:.5rem;background:var(--page);padding:.3rem .6rem;z-index:3}
nav{position:sticky;top:0;z-index:2;background:var(--page);border-bottom:1px solid var(--line)}
nav ul{max-width:76rem;margin:0 auto;padding:.45rem 1rem;display:flex;gap:.2rem 1.1rem;list-style:none;overflow-x:auto;white-space:nowrap}
nav a{text-decoration:none;padding:.15rem 0}nav a:hover{text-decoration:underline}
.faint,figcaption,.notes{color:var(--faint);font-size:.9rem}
.notes p{margin:.2rem 0;max-width:none}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:.7rem;margin:1rem 0;padding:0}
.cards div{background:var(--raised);border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem}
.cards dt{color:var(--faint);font-size:.85rem}.cards dd{margin:0;font-size:1.25rem;font-weight:600;overflow-wrap:anywhere}.cards dd small{display:block;font-size:.82rem;font-weight:400;color:var(--faint)}
.warning{background:var(--warn-page);color:var(--warn);border-left:4px solid var(--warn);padding:.6rem .9rem;margin:1rem 0;border-radius:.2rem}
.scroll{overflow-x:auto;margin:.6rem 0}
table{border-collapse:collapse;font-size:.88rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:.2rem 0 .4rem}
caption span{display:inline-block;max-width:min(60rem,calc(100vw - 2rem))}
th,td{padding:.28rem .7rem;text-align:left;vertical-align:top;white-space:nowrap;border-bottom:1px solid var(--line)}
thead th{border-bottom:2px solid var(--line);background:var(--raised)}
td.n,th.n{text-align:right}
td.value,th.value{white-space:normal;max-width:24rem;overflow-wrap:anywhere}
thead th{white-space:normal;vertical-align:bottom}
td.names{white-space:normal;min-width:8rem}.names span,.cards span{white-space:nowrap}
.level{display:inline-block;width:0;white-space:pre}
tbody th{font-weight:500;max-width:18rem;overflow:hidden;text-overflow:ellipsis}
th button{font:inherit;font-weight:600;color:inherit;background:none;border:0;padding:0 .9em 0 0;cursor:pointer;text-align:inherit;position:relative}
th button::after{content:"";position:absolute;right:0;bottom:0;color:var(--faint)}
th[aria-sort=ascending] button::after{content:"▴"}th[aria-sort=descending] button::after{content:"▾"}
.i{display:block;color:var(--faint);font-size:.91em}
b.best{color:var(--best)}
u.second{text-underline-offset:.2em}
details{margin:.6rem 0;border:1px solid var(--line);border-radius:.4rem;padding:.2rem .8rem}
details>summary{cursor:pointer;padding:.3rem 0;font-weight:500}
figure{margin:1rem 0 1.6rem}
figure,.scroll{content-visibility:auto;contain-intrinsic-size:auto 40rem auto 26rem}
figure svg{display:block;max-width:100%;height:auto;font-size:10px}
figcaption{max-width:52rem;margin-top:.3rem}
.wide{overflow-x:auto}.wide svg{max-width:none}
.thumbs{display:grid;grid-template-columns:repeat(auto-fill,minmax(6.2rem,1fr));gap:.6rem;list-style:none;margin:.5rem 0 1rem;padding:0}
.thumbs li{font-size:.78rem;color:var(--faint);overflow-wrap:anywhere;line-height:1.3}
.thumbs img,.thumbs .none{display:block;width:100%;aspect-ratio:1;object-fit:contain;background:var(--raised);border:1px solid var(--line);border-radius:.25rem;image-rendering:auto}
.thumbs img.small{image-rendering:pixelated}
.thumbs strong{color:var(--text);font-weight:600;display:block}
pre{background:var(--raised);border:1px solid var(--line);border-radius:.4rem;padding:.7rem;overflow-x:auto;font-size:.82rem;line-height:1.4}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
footer{max-width:76rem;margin:0 auto;padding:1rem;color:var(--faint);font-size:.85rem;border-top:1px solid var(--line)}
@media (max-width:40rem){body{font-size:15px}h1{font-size:1.4rem}figure svg{max-width:none}figure{overflow-x:auto}}
@media print{figure,.scroll{content-visibility:visible}nav,.skip{display:none}body{font-size:10pt;background:#fff;color:#000}main,header,footer{max-width:none;padding:0}h2{break-after:avoid}figure,tr,li{break-inside:avoid}.scroll{overflow:visible}table{font-size:8pt}th,td{padding:.15rem .4rem;white-space:normal}th,td:not(.n){overflow-wrap:anywhere}th{min-width:4em}td.names{min-width:4em}tbody th{max-width:none}.most th{min-width:3.5em}table.many{font-size:6.5pt}table.most{font-size:5pt}table.many :is(th,td){padding:.1rem .2rem}details{border:0;padding:0}figure svg,.wide svg{max-width:100%}.wide,figure,pre{overflow:visible}pre{white-space:pre-wrap;overflow-wrap:anywhere}}
`.trim();
