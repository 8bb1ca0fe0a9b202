"use strict";
(() => {
  const root = document.documentElement;
  const memory = {
    get(key) {
      try {
        return localStorage.getItem(`atgen.${key}`);
      } catch {
        return null; // no storage here, or not allowed: the choice lasts as long as the page
      }
    },
    set(key, value) {
      try {
        if (value) localStorage.setItem(`atgen.${key}`, value);
        else localStorage.removeItem(`atgen.${key}`);
      } catch {
        // as above
      }
    },
  };

  // Before anything is painted.
  root.classList.add("js");
  const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
  const remembered = memory.get("theme");
  if (remembered === "light" || remembered === "dark") root.dataset.theme = remembered;

  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : systemIsDark.matches);

  function themes() {
    const button = document.querySelector(".theme");
    const show = () => button.setAttribute("aria-pressed", String(isDark()));
    button.addEventListener("click", () => {
      const dark = !isDark();
      if (dark === systemIsDark.matches) delete root.dataset.theme;
      else root.dataset.theme = dark ? "dark" : "light";
      memory.set("theme", root.dataset.theme);
      show();
    });
    systemIsDark.addEventListener("change", show);
    button.hidden = false;
    show();
  }

  const made = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
  const said = (id, key) => document.getElementById(id).dataset[key];
  const filled = (text, fields) => text.replace(/\{(\w+)\}/g, (_, key) => fields[key]);
  const titleOf = (place) => place.closest(".case, .shared > details").querySelector("h2, summary").textContent;
  const languageOf = (panel) => panel.id.split(".").pop();
  const indentation = (text) => text.search(/[^ ]|$/);

  // What the page holds once: passages, by name, as lists of lines; and a panel's files, by its name, as lists of names.
  const passages = new Map();
  const files = new Map();

  function read() {
    const written = document.getElementById("page.passages").content.textContent.trimStart().split("\n");
    for (let at = 0; at < written.length - 1; ) {
      const [name, count] = written[at].split(" ");
      const first = at + 1;
      at = first + Number(count);
      passages.set(name, written.slice(first, at));
    }
    for (const panel of document.querySelectorAll(".case .panel")) {
      files.set(panel.id, [...panel.querySelectorAll("[data-code]")].map((place) => place.dataset.code));
    }
  }

  const linesOf = (names) => names.split(" ").flatMap((name) => passages.get(name));

  // What is still to be done, by the element that it is for: a panel or a table, or code that has no colours yet. What is seen is
  // written at once, and all else when there is time, so that the browser's search finds it.
  const unwritten = new Map();
  const pale = new Set();
  const whenIdle = globalThis.requestIdleCallback ?? ((go) => setTimeout(() => go({ timeRemaining: () => 8 }), 50));
  let isWaiting = false;

  function later() {
    if (isWaiting) return;
    isWaiting = true;
    whenIdle((time) => {
      isWaiting = false;
      for (const step of steps()) {
        step();
        if (time.timeRemaining() < 4) return later();
      }
    });
  }

  function* steps() {
    for (const code of pale) yield () => colour(code);
    for (const element of unwritten.keys()) yield () => write(element);
  }

  function write(element) {
    const todo = unwritten.get(element);
    unwritten.delete(element);
    todo?.();
  }

  /** Writes what is in a place, what is folded only where `all` is wanted. */
  function show(place, all = false) {
    write(place);
    for (const element of place.querySelectorAll("code, tbody")) {
      if (!all && element.closest("details:not([open])")) continue;
      write(element);
      if (element.closest(".panel, .shared")) pale.add(element);
    }
    later();
  }

  /** Puts figures of code and tables where they belong. */
  function fill() {
    read();
    for (const panel of document.querySelectorAll(".panel")) unwritten.set(panel, () => fillPanel(panel));
    for (const place of document.querySelectorAll("[data-rows]")) place.replaceWith(table(place));
    for (const place of document.querySelectorAll(".about [data-code], .shared [data-code]")) {
      place.replaceWith(figure(place, linesOf(place.dataset.code)));
    }
  }

  function fillPanel(panel) {
    const cuts = [...panel.querySelectorAll("[data-cut]")];
    const lines = cuts.map(({ dataset: { of = panel.id, cut } }) => cut.split(" ").flatMap((part) => excerpt(part, of)));
    const margin = Math.min(...lines.flat().map(([, text]) => (text && text !== "⋯" ? indentation(text) : Infinity)));
    cuts.forEach((place, number) => {
      place.replaceWith(figure(place, lines[number].map(([kind, text]) => [kind, text === "⋯" ? text : text.slice(margin)])));
    });
    panel.style.setProperty("--rows", lines[0].length);
    for (const place of panel.querySelectorAll("[data-code]")) {
      place.replaceWith(figure(place, linesOf(place.dataset.code)));
    }
  }

  /** Gives the lines that a part of a cut names, each with the element that it is to be: `1:5-7` are three of the first file,
      `*1:5-7` too, and the other side does not have them; `_3` is the space for three; `~` is left out; `.` parts. */
  function excerpt(part, panel) {
    const [, mark, file, first, last] = /^(\*?)(?:(\d+):(\d+)-(\d+)|.*)$/.exec(part);
    const kind = mark ? "mark" : "span";
    if (file) return linesOf(files.get(panel)[file - 1]).slice(first - 1, last).map((text) => [kind, text]);
    if (part[0] === "_") return Array.from({ length: Number(part.slice(1)) }, () => ["i", ""]);
    return [[kind, part === "~" ? "⋯" : ""]];
  }

  /** Makes a figure of code. */
  function figure(place, lines) {
    const { fold, of, cut, name = fold } = place.dataset;
    const id = of ? "page.half" : "page.file";
    const title = titleOf(of ? document.getElementById(of) : place);
    const file = of ? title : cut ? said(id, "hook") : name;
    const figure = made(id);
    figure.querySelector(".name").textContent = file;
    const code = figure.querySelector("code");
    code.parentElement.setAttribute("aria-label", filled(said(id, "label"), { file, case: title }));
    unwritten.set(code, () => code.append(...lines.map((line) => lineOf(...[line].flat()))));
    if (!of) {
      const size = figure.querySelector(".size");
      size.textContent = filled(size.textContent, { count: lines.length });
      figure.querySelector(".away").textContent = file;
      const button = figure.querySelector("button");
      button.addEventListener("click", () => copy(button, code));
    }
    return fold ? folded(fold, figure) : figure;
  }

  // A word that is too long for a phone, and where a reader would break it.
  const LONG = /\S{25}/;
  const BREAK = /(?<=[(:,[<]|[\w\])](?=\.)|\)(?=\w))(?=\S)/;

  /** Makes a line of code an element: where it is too long it goes on below, further in. */
  function lineOf(kind, text) {
    if (text === undefined) return lineOf("span", kind);
    const line = document.createElement(kind);
    const deep = indentation(text) >> 2;
    if (deep) line.className = `in${deep}`;
    const parts = LONG.test(text) ? text.split(BREAK) : [text];
    parts.forEach((part, number) => line.append(...(number ? [document.createElement("wbr"), part] : [part])));
    line.append("\n");
    line.normalize();
    return line;
  }

  function folded(summary, inner) {
    const details = made("page.fold");
    details.firstElementChild.textContent = summary;
    details.append(inner);
    return details;
  }

  /** Makes the table of a run, whose lines are its rows: time, way, thread and sentence. */
  function table(place) {
    const id = "page.events";
    const events = made(id);
    const ending = place.closest("details") ? "never" : "done";
    events.caption.textContent = filled(said(id, ending), { case: titleOf(place) });
    const [body] = events.tBodies;
    unwritten.set(body, () => {
      for (const line of linesOf(place.dataset.rows)) {
        const row = body.insertRow();
        const [time, way, thread, sentence] = line.split("\t");
        for (const text of [time, way, sentence]) row.insertCell().textContent = text;
        row.cells[1].appendChild(document.createElement("small")).textContent = thread;
      }
    });
    return folded(said(id, "fold"), events);
  }

  /** Colours code once: ranges with names, which need no element and move nothing. */
  const colour = (() => {
    const inks = {};
    const words = {};
    const done = new WeakSet();
    let tokens;

    function prepare() {
      const { dataset, content } = document.getElementById("page.colours");
      tokens = new RegExp(dataset.tokens, "g");
      for (const { dataset, textContent } of content.children) words[dataset.language] = new Set(textContent.split(" "));
      for (const kind of ["comment", "string", "keyword", "type", "number"]) {
        CSS.highlights.set(kind, (inks[kind] = new Highlight()));
      }
    }

    function kindOf({ groups, index, input }, keywords) {
      const { word } = groups;
      if (!word) return Object.keys(groups).find((kind) => groups[kind] !== undefined);
      if (keywords.has(word)) return input[index - 1] === "." ? "" : "keyword";
      return /^[A-Z]/.test(word) ? "type" : "";
    }

    /** Finds the text of a line that has its letter of that number, or ends before it. */
    function at(line, offset) {
      let node = line.firstChild;
      while (node.nodeType !== Node.TEXT_NODE || offset > node.length) {
        offset -= node.length ?? 0;
        node = node.nextSibling;
      }
      return [node, offset];
    }

    return (code) => {
      pale.delete(code);
      if (done.has(code) || !globalThis.CSS?.highlights) return;
      done.add(code);
      if (!tokens) prepare();
      const keywords = words[code.closest("[data-language]").dataset.language];
      for (const line of code.children) {
        for (const token of line.textContent.slice(0, -1).matchAll(tokens)) {
          const kind = kindOf(token, keywords);
          if (!kind) continue;
          const [startContainer, startOffset] = at(line, token.index);
          const [endContainer, endOffset] = at(line, token.index + token[0].length);
          inks[kind].add(new StaticRange({ startContainer, startOffset, endContainer, endOffset }));
        }
      }
    };
  })();

  // The tab pattern of W3C's ARIA Authoring Practices, with one choice for all tabs of the page.
  const groups = [];

  function choose(language) {
    for (const { tabs, panels } of groups) {
      const found = tabs.findIndex((tab) => tab.dataset.language === language);
      tabs.forEach((tab, number) => {
        const selected = number === Math.max(found, 0);
        tab.setAttribute("aria-selected", String(selected));
        tab.tabIndex = selected ? 0 : -1;
        if (selected) panels[number].removeAttribute("hidden");
        else panels[number].setAttribute("hidden", "until-found");
        if (selected) show(panels[number]);
      });
    }
  }

  /** Chooses for good; what the person is looking at stays where it is. */
  function pick(tab) {
    const place = tab.closest(".tabs");
    const before = place.getBoundingClientRect().top;
    choose(tab.dataset.language);
    scrollBy({ top: place.getBoundingClientRect().top - before, behavior: "instant" });
    tab.focus();
    memory.set("language", tab.dataset.language);
    const address = new URL(location.href);
    address.searchParams.set("lang", tab.dataset.language);
    try {
      history.replaceState(history.state, "", address);
    } catch {
      // a page without an origin may not change its address
    }
  }

  function press(event, tabs) {
    const here = tabs.indexOf(event.target.closest("[role=tab]"));
    const there = {
      ArrowLeft: (here + tabs.length - 1) % tabs.length,
      ArrowRight: (here + 1) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
      " ": here,
    }[event.key];
    if (here < 0 || there === undefined || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    pick(tabs[there]);
  }

  /** Makes tabs of a place's panels, each under a heading for print. */
  function enhance(place) {
    const list = made("page.tablist");
    const panels = [...place.children];
    const tabs = panels.map((panel) => {
      const language = languageOf(panel);
      const { title } = document.getElementById("page.colours").content.querySelector(`[data-language="${language}"]`);
      const heading = document.createElement(place.closest(".pair") ? "h5" : "h3");
      const tab = document.createElement("a");
      heading.textContent = tab.textContent = title;
      heading.hidden = true;
      panel.prepend(heading);
      panel.dataset.language = tab.dataset.language = language;
      tab.id = `${panel.id}.tab`;
      tab.href = `#${panel.id}`;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", panel.id);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      panel.addEventListener("beforematch", () => choose(language));
      tab.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab or window
        event.preventDefault();
        pick(tab);
      });
      const item = list.appendChild(document.createElement("li"));
      item.setAttribute("role", "none");
      item.append(tab);
      return tab;
    });
    place.prepend(list);
    list.addEventListener("keydown", (event) => press(event, tabs));
    groups.push({ tabs, panels });
  }

  /** Marks in the list what is being read, and keeps it in sight. */
  function follow(nav) {
    const links = new Map([...nav.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
    const seen = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) {
          const link = links.get(target.id);
          if (!isIntersecting) link.removeAttribute("aria-current");
          else {
            link.setAttribute("aria-current", "true");
            nav.scrollTop = link.offsetTop - nav.clientHeight / 2;
          }
        }
      },
      { rootMargin: "-10% 0px -89% 0px" },
    );
    for (const id of links.keys()) seen.observe(document.getElementById(id));
  }

  /** Leaves in the list, and on paper, the cases whose titles hold what is written in the box. */
  function filter(nav) {
    const box = nav.querySelector(".find");
    box.addEventListener("input", (event) => {
      const wanted = event.target.value.trim().toLowerCase();
      for (const group of nav.querySelectorAll(".group")) {
        const title = group.firstElementChild.textContent;
        for (const item of group.querySelectorAll("li")) {
          item.hidden = !`${title} ${item.textContent}`.toLowerCase().includes(wanted);
          const shown = document.getElementById(item.firstElementChild.hash.slice(1));
          shown.classList.toggle("left-out", item.hidden);
        }
        group.hidden = !group.querySelector("li:not([hidden])");
      }
      for (const apart of document.querySelectorAll(".choose, .shared, .compare")) {
        apart.classList.toggle("left-out", wanted !== "");
      }
    });
    box.hidden = false;
  }

  /** Goes to the place that the address names, and shows it if it is in a panel. */
  function arrive() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const panel = target.closest(".panel");
    if (panel) choose(panel.dataset.language);
    const folded = target.closest("details");
    if (folded) folded.open = true;
    target.scrollIntoView();
  }

  /** Copies where the clipboard's API is not there or not allowed; whether it did. */
  function copyOtherwise(text) {
    const put = (event) => {
      event.clipboardData.setData("text/plain", text);
      event.preventDefault();
    };
    document.addEventListener("copy", put);
    try {
      return document.execCommand("copy");
    } finally {
      document.removeEventListener("copy", put);
    }
  }

  let restore = () => {};

  async function copy(button, code) {
    const label = button.firstElementChild;
    const status = document.querySelector("[role=status]");
    let done = button.dataset.copied;
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      if (!copyOtherwise(code.textContent)) {
        getSelection().selectAllChildren(code);
        done = button.dataset.failed;
      }
    }
    restore();
    const before = label.textContent;
    label.textContent = status.textContent = done;
    const timer = setTimeout(() => restore(), 2000);
    restore = () => {
      clearTimeout(timer);
      label.textContent = before;
      status.textContent = "";
      restore = () => {};
    };
  }

  function start() {
    fill();
    document.querySelectorAll(".tabs").forEach(enhance);
    document.addEventListener("toggle", (event) => show(event.target), true);
    addEventListener("beforeprint", () => {
      for (const place of document.querySelectorAll(".about, .panel:not([hidden]), .runs, .shared")) show(place, true);
      pale.forEach(colour);
    });
    const wished = [new URLSearchParams(location.search).get("lang"), memory.get("language")];
    choose(wished.find((language) => groups.some(({ tabs }) => tabs.some((tab) => tab.dataset.language === language))));
    root.classList.add("ready");
    const nav = document.querySelector("nav");
    filter(nav);
    follow(nav);
    arrive();
    addEventListener("hashchange", arrive);
    later();
  }

  document.addEventListener("DOMContentLoaded", () => {
    themes();
    // The top of the page is painted first, unless what is seen first is another place, which is only there when all is.
    const [{ type }] = performance.getEntriesByType("navigation");
    if (location.hash || document.hidden || type !== "navigate") start();
    else requestAnimationFrame(() => setTimeout(start));
  });
})();
