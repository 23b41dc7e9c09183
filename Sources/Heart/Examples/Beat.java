// A beat after each round of work. usage: java Beat.java [ROUNDS]
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;

public class Beat {
  public static void main(String[] words) throws InterruptedException {
    String state = System.getenv().getOrDefault("WATCHDOG_STATE", "/run/watchdog");
    Path beat = Path.of(state, "beats", "web");
    for (long rounds = words.length > 0 ? Long.parseLong(words[0]) : 1000000; rounds > 0; rounds--) {
      Thread.sleep(100); // the work
      try {
        Files.setLastModifiedTime(beat, FileTime.from(Instant.now()));
      } catch (IOException error) {
        System.err.println("unable to beat: " + error);
      }
    }
  }
}
