// The preview keeps nothing, not even that its window is open, and opens the window by itself. Stands before the loader.
Storage.prototype.setItem = () => {};
window.Parlor = { q: [["open"]] };
