// A beat after each round of work. usage: heart [ROUNDS]
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

func main() {
	state := os.Getenv("WATCHDOG_STATE")
	if state == "" {
		state = "/run/watchdog"
	}
	rounds := 1000000
	if len(os.Args) > 1 {
		rounds, _ = strconv.Atoi(os.Args[1])
	}
	for ; rounds > 0; rounds-- {
		time.Sleep(100 * time.Millisecond) // the work
		now := time.Now()
		if err := os.Chtimes(state+"/beats/web", now, now); err != nil {
			fmt.Fprintln(os.Stderr, "unable to beat:", err)
		}
	}
}
