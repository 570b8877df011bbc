// The number of chats that want attention, in front of the page's title.

const plainTitle = document.title;

export function showInTitle(count) {
  const title = count > 0 ? `(${count}) ${plainTitle}` : plainTitle;
  if (document.title !== title) document.title = title;
}
