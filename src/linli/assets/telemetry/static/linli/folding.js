// On a phone the tags of each asset are folded, but for the first and those beyond a limit.
const narrow = matchMedia("(max-width: 719px)");
const folds = [...document.querySelectorAll("button.fold")];

const held = (button) => document.getElementById(button.getAttribute("aria-controls"));

const show = (button, open) => {
  button.setAttribute("aria-expanded", String(open));
  held(button).hidden = !open;
};

const settle = () => {
  const folded = narrow.matches && folds.length > 1;
  folds.forEach((button, at) => {
    button.hidden = !folded;
    show(button, !folded || at === 0 || held(button).querySelector(".alarm") !== null);
  });
};

folds.forEach((button) => button.addEventListener("click", () => {
  show(button, button.getAttribute("aria-expanded") !== "true");
}));
narrow.addEventListener("change", settle);
settle();
