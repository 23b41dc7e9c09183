// usage: watchdog-chain WORD …, where WORD is one of Subcommand.all

import Linux
import Overview

Subcommand.run(ThisProcess.words)
