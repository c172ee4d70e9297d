"""Walks through a report in Chromium, as people do: at a desk and on a telephone, in the light and in the dark, with and
without script, and on paper. Ends with an error at the first thing that is not as it should be.

usage: walk_report.py report.html [FOLDER for pictures]
"""

import pathlib
import sys
import time

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

page_file = pathlib.Path(sys.argv[1]).resolve()
pictures = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
WIDER = """() => [...document.querySelectorAll('main *')].filter((e) => !e.closest('.scroll, pre, select, svg') &&
  e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.tagName + '.' + e.className).slice(0, 5)"""
# A word that is broken: an element with one short word that is higher than one line.
BROKEN = """() => { const range = document.createRange(); const bad = [];
  const walk = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node && bad.length < 5; node = walk.nextNode()) {
    if (!node.parentElement.checkVisibility() || node.parentElement.closest('bdi, code, pre, svg, script, output')) continue;
    for (const m of node.data.matchAll(/[A-Za-z]{3,18}/g)) {
      range.setStart(node, m.index); range.setEnd(node, m.index + m[0].length);
      if (new Set([...range.getClientRects()].filter((r) => r.width > 0).map((r) => Math.round(r.top))).size > 1) { bad.push(m[0]); break; }
    }
  }
  return bad; }"""
# Text and what is behind it, as WCAG 2 measures contrast.
CONTRAST = """() => { const parse = (c) => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] > 0) return c; } return [255, 255, 255]; };
  const bad = new Set();
  for (const e of document.querySelectorAll('main *')) { if (e.closest('svg') || ![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) bad.add(e.tagName + '.' + e.className); }
  return [...bad].slice(0, 5); }"""


def check(condition, what):
    if not condition:
        sys.exit(f"walk_report: {what}")


with sync_playwright() as play:
    browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])

    def visit(width, scheme="light", script=True, touch=False):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script, has_touch=touch, accept_downloads=True)
        page = context.new_page()
        page.on("console", lambda m: check(False, f"the page says on its console: {m.text}"))
        page.on("pageerror", lambda e: check(False, f"the script fails: {e}"))
        page.on("request", lambda r: check(r.url.startswith(("file:", "blob:", "data:")), f"{r.url} is loaded"))
        began = time.monotonic()
        page.goto(page_file.as_uri())
        took = time.monotonic() - began
        if pictures:
            page.screenshot(path=pictures / f"report-{width}-{scheme}{'' if script else '-bare'}.png", full_page=width > 500 and script)
        return page, took

    for width in (1400, 400):
        for scheme in ("light", "dark"):
            page, took = visit(width, scheme)
            wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            check(wider <= 0, f"at {width} the page is {wider} too wide: {page.evaluate(WIDER)}")
            check(not page.evaluate(BROKEN), f"at {width} words are broken: {page.evaluate(BROKEN)}")
            check(not page.evaluate(CONTRAST), f"{scheme}: too little contrast in {page.evaluate(CONTRAST)}")
            print(f"{width} wide, {scheme}: opens in {took:.1f} s, nothing too wide, no broken word, contrast of 4.5")

    page, _ = visit(1400)
    axe = Axe().run(page).response
    broken = [f"{v['id']}: {v['nodes'][0]['html'][:90]}" for v in axe["violations"] if {"wcag2a", "wcag2aa"} & set(v["tags"])]
    check(not broken, f"axe-core {axe['testEngine']['version']}: {broken}")
    print(f"axe-core {axe['testEngine']['version']}: {len(axe['passes'])} rules kept, none of levels A and AA broken")
    unlabelled = page.evaluate("""() => [...document.querySelectorAll('input, select, button, canvas, svg[role], a')].filter((e) =>
        !(e.textContent.trim() || e.getAttribute('aria-label') || (e.labels && e.labels.length))).map((e) => e.outerHTML.slice(0, 80))""")
    check(not unlabelled, f"without a name: {unlabelled}")
    twice = page.evaluate("() => { const ids = [...document.querySelectorAll('[id]')].map((e) => e.id); return ids.filter((id, n) => ids.indexOf(id) !== n); }")
    check(not twice, f"ids that are there twice: {twice}")
    dead = page.evaluate("() => [...document.querySelectorAll('a[href^=\"#\"]')].map((a) => a.getAttribute('href')).filter((h) => !document.getElementById(h.slice(1)))")
    check(not dead, f"links that lead nowhere: {dead[:3]}")
    if page.locator("#campaigns table").count():
        column = "#campaigns tbody td:nth-child(3)"
        sizes = lambda: [int(t.replace(",", "")) for t in page.locator(column).all_inner_texts()]
        before = sizes()
        head = page.locator("#campaigns th button").nth(2)
        head.click()
        check(sizes() == sorted(before), "a click on Accounts does not sort")
        head.press("Enter")
        check(sizes() == sorted(before, reverse=True), "Enter does not sort the other way")
        print(f"sorted {len(before)} campaigns by mouse and keyboard")
    accounts = page.locator("details.account")
    if accounts.count():
        name = accounts.nth(accounts.count() - 1).locator("summary bdi").inner_text()
        field = page.locator(".finder input")
        field.fill(name)
        left = page.locator("details.account:visible").count()
        check(0 < left < max(2, accounts.count()), f"{left} of {accounts.count()} are left of a search")
        field.press("Enter")
        check(page.locator("details.account[open]").count() == 1, "Enter opens what was found")
        field.fill("")
        print(f"found one of {accounts.count()} accounts, with its evidence")
    canvas = page.locator("#picture canvas")
    if canvas.count():
        canvas.focus()
        for key in ("n", "n", "p", "+", "-", "ArrowLeft", "Escape", "n"):
            page.keyboard.press(key)
        told = page.locator("#picture output").inner_text()
        check("edge" in told, f"the keyboard chooses nobody: {told}")
        page.keyboard.press("Enter")
        check(page.evaluate("location.hash") in ("",) or page.evaluate("!!document.getElementById(location.hash.slice(1))"), "a name leads nowhere")
        for kind in ("svg", "png"):
            with page.expect_download() as saved:
                page.locator(f"[data-do={kind}]").click()
            path = saved.value.path()
            data = path.read_bytes()
            check(data.startswith(b"<svg" if kind == "svg" else b"\x89PNG"), f"{kind} is none")
            if kind == "svg":
                import xml.etree.ElementTree as tree

                dots = tree.fromstring(data).findall("{http://www.w3.org/2000/svg}circle")
                check(dots, "the saved picture is empty")
        print(f"went through the network by keyboard, saved it as SVG ({len(dots)} dots) and PNG")
        phone, _ = visit(400, touch=True)
        spot = phone.evaluate("""() => { const c = document.querySelector('#picture canvas'); c.scrollIntoView({ block: 'center' });
            const b = c.getBoundingClientRect(); return [b.left + b.width / 2, b.top + b.height / 2]; }""")
        client = phone.context.new_cdp_session(phone)
        touch = lambda kind, *points: client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]})
        picture = lambda: phone.evaluate("document.querySelector('#picture canvas').toDataURL()")
        before = picture()
        touch("touchStart", (spot[0] - 30, spot[1]), (spot[0] + 30, spot[1]))
        for step in range(1, 6):
            touch("touchMove", (spot[0] - 30 - 12 * step, spot[1]), (spot[0] + 30 + 12 * step, spot[1]))
        touch("touchEnd")
        phone.wait_for_timeout(200)
        check(picture() != before, "two fingers do not zoom")
        print("zoomed with two fingers")
    bare, _ = visit(1400, script=False)
    check(bare.locator("h2").count() > 4, "without script there is no page")
    check(bare.locator("#picture").count() == 0 or not bare.locator("#picture").is_visible(), "without script there is an empty picture")
    page.set_viewport_size({"width": 760, "height": 1000})
    page.emulate_media(media="print")
    check(not page.evaluate(BROKEN), f"on paper words are broken: {page.evaluate(BROKEN)}")
    folded = page.evaluate("[...document.querySelectorAll('details > :last-child')].filter((e) => e.getBoundingClientRect().height === 0).length")
    check(folded == 0, f"on paper {folded} parts stay folded")
    paper = page.pdf(print_background=True)
    print(f"whole without script; {len(paper) // 1000} kB on paper, {paper.count(b'/Type /Page') - paper.count(b'/Type /Pages')} pages")
    if pictures:
        (pictures / "report.pdf").write_bytes(paper)
    browser.close()
