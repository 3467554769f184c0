#include "page_parts.hpp"

namespace orderd::service {

const std::string_view page_style = R"(
:root{color-scheme:light dark;--ink:#1d2433;--soft:#5c6577;--line:#d9dee7;--paper:#fff;--pale:#f5f7fa;--well:#2e8b57;
--otherwise:#c0392b;--in-progress:#2f6fb5;--waiting:#b8c0cc;--warn:#b7791f}
@media(prefers-color-scheme:dark){:root{--ink:#e4e8ef;--soft:#9aa4b5;--line:#38404e;--paper:#151a22;--pale:#1d242f;
--well:#4cae78;--otherwise:#e06a5c;--in-progress:#5b9be0;--waiting:#586273;--warn:#d9a441}}
*{box-sizing:border-box}
body{margin:0;font:15px/1.55 system-ui,"Noto Sans JP","Noto Sans CJK JP",sans-serif;color:var(--ink);background:var(--paper)}
header{display:flex;gap:2em;align-items:baseline;padding:.8em 1.5em;border-bottom:1px solid var(--line);flex-wrap:wrap}
header .home{font-weight:700;color:inherit;text-decoration:none}
nav{display:flex;gap:1.2em;flex-wrap:wrap}
a{color:var(--in-progress)}
main{max-width:1180px;margin:0 auto;padding:1em 1.5em}
footer{max-width:1180px;margin:2em auto;padding:0 1.5em;color:var(--soft);font-size:13px}
h1{font-size:1.5em;margin:.6em 0;overflow-wrap:anywhere}h2{font-size:1.12em;margin:1.8em 0 .5em}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{padding:.4em .7em;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;overflow-wrap:break-word}
td a{white-space:nowrap}td .state{margin-right:.2em}
th{color:var(--soft);font-weight:600;font-size:13px;white-space:nowrap}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.tiles{display:flex;flex-wrap:wrap;gap:.7em}
.tile{min-width:8.5em;padding:.6em .9em;border:1px solid var(--line);border-radius:6px;background:var(--pale);color:inherit;text-decoration:none}
.tile b{display:block;font-size:1.5em;font-variant-numeric:tabular-nums}
.state{padding:.05em .55em;border-radius:9px;background:var(--waiting);color:var(--ink);white-space:nowrap;font-size:13px}
.state.completed{background:var(--well);color:#fff}.state.failed,.state.refused,.state.partially_failed,.state.rejected,.state.held{background:var(--otherwise);color:#fff}
.state.accepted,.state.submitting{background:var(--in-progress);color:#fff}.state.in_doubt,.state.awaiting_approval{background:var(--warn);color:#fff}
.bar{width:100%;min-width:7em;height:10px;border-radius:3px;background:var(--pale);display:block}
.chart{width:100%;height:auto;background:var(--pale);border:1px solid var(--line);border-radius:6px;display:block}
figure{margin:.5em 0}figcaption{color:var(--soft);font-size:13px;margin-top:.3em}
rect.well,path.well{fill:var(--well)}rect.otherwise,path.otherwise{fill:var(--otherwise)}
rect.in-progress,path.in-progress{fill:var(--in-progress)}rect.waiting,path.waiting{fill:var(--waiting)}
.key{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin:0 .3em 0 .7em}
.key.well{background:var(--well)}.key.otherwise{background:var(--otherwise)}.key.in-progress{background:var(--in-progress)}.key.waiting{background:var(--waiting)}
.alarm{border-left:4px solid var(--otherwise);background:var(--pale);padding:.6em 1em;margin:1em 0}
.note{border-left:4px solid var(--warn);background:var(--pale);padding:.6em 1em;margin:1em 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25em 1.2em;margin:.8em 0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.story{list-style:none;padding:0;margin:0;border-left:2px solid var(--line)}.story li{padding:.45em 0 .45em 1.1em;overflow-wrap:anywhere}
pre{white-space:pre-wrap;font:inherit;margin:.4em 0}.story .said{white-space:pre-wrap;color:var(--soft)}
form{display:inline}button,.filter select,.filter input{font:inherit;padding:.25em .8em;border:1px solid var(--line);border-radius:5px;background:var(--pale);color:inherit}
button{cursor:pointer;margin-right:.5em}
.filter{display:flex;gap:.6em;flex-wrap:wrap;margin:.8em 0}
.soft{color:var(--soft)}
.stale main{opacity:.5}
)";

// Asks for the page again and puts its main part in place of the old one, unless somebody is choosing text or typing.
const std::string_view page_script = R"(
"use strict";
document.addEventListener("submit",e=>{const q=e.target.dataset.question;if(q&&!confirm(q))e.preventDefault();});
async function again(){
  if(document.hidden||String(getSelection())||(document.activeElement&&document.activeElement.matches("input,select,button")))return;
  try{const r=await fetch(location.href,{headers:{"X-Refresh":"1"}});
    if(!r.ok)throw new Error(String(r.status));
    const d=new DOMParser().parseFromString(await r.text(),"text/html"),m=d.getElementById("main");
    if(m){document.getElementById("main").replaceWith(m);}
    document.body.classList.remove("stale");
  }catch(e){document.body.classList.add("stale");}
}
setInterval(again,5000);
)";

}
