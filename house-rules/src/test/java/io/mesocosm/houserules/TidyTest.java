package io.mesocosm.houserules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** House rules that a look at the files can check; each message says what to do instead. */
class TidyTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final int LINES_MAX = 600;

  /** Word in a type's name, and what to write instead. */
  private static final Map<String, String> BANNED_IN_NAMES = new LinkedHashMap<>();

  static {
    BANNED_IN_NAMES.put("Util", "name what it is about");
    BANNED_IN_NAMES.put("Utils", "name what it is about");
    BANNED_IN_NAMES.put("Helper", "name what it does");
    BANNED_IN_NAMES.put("Manager", "name what it owns");
    BANNED_IN_NAMES.put("Impl", "say how it differs");
    BANNED_IN_NAMES.put("Processor", "name what it makes of what");
    BANNED_IN_NAMES.put("Slave", "agent");
  }

  @Test
  void filesStayWithinTheLimit() {
    assertThat(javaFiles().filter(file -> lines(file).size() > LINES_MAX).map(ROOT::relativize))
        .as("split the room, not the lines: no file above %d lines", LINES_MAX)
        .isEmpty();
  }

  @Test
  void everyPackageSaysWhatItIsFor() {
    assertThat(
            javaFiles()
                .filter(file -> file.toString().contains("/src/main/"))
                .map(Path::getParent)
                .distinct()
                .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
                .map(ROOT::relativize))
        .as("add a package-info.java with one sentence and @NullMarked")
        .isEmpty();
  }

  @Test
  void typeNamesAreTheFieldsOwn() {
    List<String> found = new ArrayList<>();
    javaFiles()
        .forEach(file -> {
          String type = file.getFileName().toString().replace(".java", "");
          BANNED_IN_NAMES.forEach((word, instead) -> {
            if (type.endsWith(word)) {
              found.add(ROOT.relativize(file) + ": " + word + " → " + instead);
            }
          });
        });
    assertThat(found).isEmpty();
  }

  @Test
  void nothingIsLeftUndoneWithoutItsReason() {
    Pattern undone =
        Pattern.compile("\\b(TODO|FIXME|XXX)\\b|@author|UnsupportedOperationException\\(\\)");
    List<String> found = new ArrayList<>();
    javaFiles()
        .filter(file -> !file.endsWith("TidyTest.java"))
        .forEach(file -> {
          List<String> lines = lines(file);
          for (int i = 0; i < lines.size(); i++) {
            if (undone.matcher(lines.get(i)).find()) {
              found.add(ROOT.relativize(file) + ":" + (i + 1) + ": " + lines.get(i).strip());
            }
          }
        });
    assertThat(found)
        .as("do it, or write down why not in an issue and in the closing note")
        .isEmpty();
  }

  @Test
  void testsAwaitEventsRatherThanSleep() {
    Pattern sleep = Pattern.compile("Thread\\.sleep|TimeUnit\\.[A-Z]+\\.sleep");
    assertThat(
            javaFiles()
                .filter(file ->
                    file.toString().contains("/src/test/") && !file.endsWith("TidyTest.java"))
                .filter(file -> lines(file).stream().anyMatch(line -> sleep.matcher(line).find()))
                .map(ROOT::relativize))
        .isEmpty();
  }

  @Test
  void linksInDocumentsLeadSomewhere() {
    Pattern link = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");
    List<String> dead = new ArrayList<>();
    files(".md")
        .forEach(file -> {
          Matcher matcher = link.matcher(String.join("\n", lines(file)));
          while (matcher.find()) {
            if (!Files.exists(file.resolveSibling(matcher.group(1)))) {
              dead.add(ROOT.relativize(file) + " → " + matcher.group(1));
            }
          }
        });
    assertThat(dead).isEmpty();
  }

  @Test
  void everyModuleStandsInTheArchitecture() throws IOException {
    String picture = Files.readString(ROOT.resolve("ARCHITECTURE.md"));
    Matcher modules =
        Pattern.compile("<module>([^<]+)</module>")
            .matcher(Files.readString(ROOT.resolve("pom.xml")));
    List<String> missing = new ArrayList<>();
    while (modules.find()) {
      if (!picture.contains("`" + modules.group(1) + "`")) {
        missing.add(modules.group(1));
      }
    }
    assertThat(missing).as("give each module a row in ARCHITECTURE.md").isEmpty();
  }

  private static Stream<Path> javaFiles() {
    return files(".java");
  }

  private static Stream<Path> files(String suffix) {
    List<Path> found = new ArrayList<>();
    try {
      Files.walkFileTree(
          ROOT,
          new java.nio.file.SimpleFileVisitor<>() {
            @Override
            public java.nio.file.FileVisitResult preVisitDirectory(
                Path folder, java.nio.file.attribute.BasicFileAttributes attributes) {
              String name = folder.getFileName().toString();
              return name.equals("target") || name.equals(".git")
                  ? java.nio.file.FileVisitResult.SKIP_SUBTREE
                  : java.nio.file.FileVisitResult.CONTINUE;
            }

            @Override
            public java.nio.file.FileVisitResult visitFile(
                Path file, java.nio.file.attribute.BasicFileAttributes attributes) {
              if (file.toString().endsWith(suffix)) {
                found.add(file);
              }
              return java.nio.file.FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found.stream().sorted();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
