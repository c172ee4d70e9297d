"use strict";
// The report: its tables, its accounts and its network. Without it the page is whole, and only longer to read.
(() => {
  const sorts = new Map();
  for (const table of document.querySelectorAll("table.sortable")) sorts.set(table, sortTable(table));

  const box = document.querySelector(".finder");
  const accounts = [...document.querySelectorAll("details.account")];
  const find = box && finder(box, accounts, accounts.length === 1 ? "account" : "accounts");

  const picture = document.getElementById("picture");
  const network = picture && new Network(picture, JSON.parse(document.getElementById("graph").textContent), {
    groupName: (group) => `campaign ${group + 1}`,
    // Who is named has a place of their own; of others there is what is said of their campaign.
    open: ([, , group, , , key]) => (key !== null ? `#a${key}` : group !== null && document.getElementById(`c${group}`) ? `#c${group}` : null),
  });

  // Every state has an address: report.html#campaign=2, #find=words, #sort=3 of the campaigns, #a12 of an account.
  const arrive = () => {
    const [, what, value] = /^#(campaign|find|sort)=(.*)$/.exec(location.hash) || [];
    if (what === "campaign" && network) network.show(String(Number(value)));
    if (what === "find" && find) find(decodeURIComponent(value));
    if (what === "sort") {
      const table = document.querySelector("#campaigns table.sortable");
      if (table && table.tHead.rows[0].cells[Number(value)]) sorts.get(table)(Number(value));
    }
    const target = document.getElementById(location.hash.slice(1));
    if (target && target.matches("details")) {
      if (target.hidden && find) find("");
      target.open = true;
      target.scrollIntoView({ block: "start" });
    }
  };
  window.addEventListener("hashchange", arrive);
  arrive();

  // Printed is everything.
  window.addEventListener("beforeprint", () => {
    if (find) find("");
    document.querySelectorAll("details").forEach((d) => { d.open = true; });
  });
})();
