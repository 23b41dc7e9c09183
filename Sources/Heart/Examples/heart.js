// A beat after each round of work, in the event loop itself: when that is blocked, the heart stops.
// usage: node heart.js [ROUNDS]
const fs = require('fs');

const beat = (process.env.WATCHDOG_STATE || '/run/watchdog') + '/beats/web';
let rounds = Number(process.argv[2] || 1000000);

const timer = setInterval(() => {
  const now = new Date(); // the work would be here
  try {
    fs.utimesSync(beat, now, now);
  } catch (error) {
    console.error(`unable to beat: ${error.message}`);
  }
  if (--rounds <= 0) clearInterval(timer);
}, 100);
