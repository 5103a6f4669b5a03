// Words and signs of the page's language.
const language = JSON.parse(document.getElementById("language").textContent);

function t(message, values = {}) {
  const words = language.words[message] || message;
  return words.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
}

function localized(text) {
  return text.replace(".", language.decimal);
}

function whole(value) {
  return value.toLocaleString("en").replaceAll(",", language.group);
}
