"use strict";
// A field that shows of a list only what has its words in the name. Names are text, and stay text.
const finder = (box, items, noun) => {
  const field = box.querySelector("input");
  const told = box.querySelector("output");
  const names = items.map((item) => item.querySelector("summary").textContent.toLowerCase());
  const find = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = items.filter((item, n) => {
      item.hidden = !words.every((word) => names[n].includes(word));
      return !item.hidden;
    });
    told.textContent = words.length === 0 ? "" : `${found.length} of ${items.length} ${noun}`;
    return found;
  };
  field.addEventListener("input", find);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { field.value = ""; find(); }
    if (event.key !== "Enter") return;
    event.preventDefault();
    const [first] = find();
    if (first) { first.open = true; first.scrollIntoView({ block: "start" }); first.querySelector("summary").focus(); }
  });
  box.hidden = false;
  return (text) => { field.value = text; return find(); };
};
