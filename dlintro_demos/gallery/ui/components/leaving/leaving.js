/* `__init__.py` puts mount.js before this. */
export default mounted(".leaving", (root) => {
  const ask = (event) => event.preventDefault();
  window.addEventListener("beforeunload", ask);
  return {
    update: ({ words }) => (root.textContent = words),
    destroy: () => window.removeEventListener("beforeunload", ask),
  };
});
