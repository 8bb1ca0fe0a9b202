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

  function enhance(place) {
    const list = place.querySelector(".tablist");
    const tabs = [...list.querySelectorAll("a")];
    const panels = tabs.map((tab) => document.getElementById(tab.hash.slice(1)));
    list.setAttribute("role", "tablist");
    for (const item of list.children) item.setAttribute("role", "none");
    tabs.forEach((tab, number) => {
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", panels[number].id);
      panels[number].setAttribute("role", "tabpanel");
      panels[number].setAttribute("aria-labelledby", tab.id);
      panels[number].firstElementChild.hidden = true; // the heading, which the tab replaces
      panels[number].addEventListener("beforematch", () => choose(tab.dataset.language));
      tab.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab or window
        event.preventDefault();
        pick(tab);
      });
    });
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

  async function copy(button) {
    const code = button.closest("figure").querySelector("code");
    const label = button.firstElementChild;
    const status = document.querySelector("[role=status]");
    let said = button.dataset.copied;
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      if (!copyOtherwise(code.textContent)) {
        getSelection().selectAllChildren(code);
        said = button.dataset.failed;
      }
    }
    restore();
    const before = label.textContent;
    label.textContent = status.textContent = said;
    const timer = setTimeout(() => restore(), 2000);
    restore = () => {
      clearTimeout(timer);
      label.textContent = before;
      status.textContent = "";
      restore = () => {};
    };
  }

  document.addEventListener("DOMContentLoaded", () => {
    themes();
    document.querySelectorAll(".tabs").forEach(enhance);
    for (const button of document.querySelectorAll(".copy")) {
      button.addEventListener("click", () => copy(button));
      button.hidden = false;
    }
    const wished = [new URLSearchParams(location.search).get("lang"), memory.get("language")];
    choose(wished.find((language) => groups.some(({ tabs }) => tabs.some((tab) => tab.dataset.language === language))));
    root.classList.add("ready");
    const nav = document.querySelector("nav");
    filter(nav);
    follow(nav);
    arrive();
    addEventListener("hashchange", arrive);
  });
})();
