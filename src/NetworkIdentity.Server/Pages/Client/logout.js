// The frames tell each app. When they have loaded, or after three seconds, the browser goes back to the app that asked.
const onward = document.querySelector('[data-onward]');
let gone = false;

function go() {
  if (gone) return;
  gone = true;
  location.replace(onward.href);
}

if (document.readyState === 'complete') go();
else addEventListener('load', go);
setTimeout(go, 3000);
