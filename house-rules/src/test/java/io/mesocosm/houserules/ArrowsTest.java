package io.mesocosm.houserules;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The arrows of ARCHITECTURE.md: which room may know of which. */
class ArrowsTest {
  static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.mesocosm");

  /** For each room, the other rooms that it may use. */
  private static final Map<String, List<String>> ALLOWED = new LinkedHashMap<>();

  static {
    ALLOWED.put("model", List.of());
    ALLOWED.put("runtime", List.of());
    ALLOWED.put("protocol", List.of("model"));
    ALLOWED.put("http", List.of("model", "runtime", "protocol"));
    ALLOWED.put("coordination", List.of("runtime"));
    ALLOWED.put("allocator", List.of("model"));
    ALLOWED.put("containerizer", List.of("model", "runtime"));
    ALLOWED.put(
        "master", List.of("model", "runtime", "protocol", "http", "coordination", "allocator"));
    ALLOWED.put(
        "agent", List.of("model", "runtime", "protocol", "http", "coordination", "containerizer"));
    ALLOWED.put("framework", List.of("model", "runtime", "protocol", "http"));
    ALLOWED.put(
        "services", List.of("model", "runtime", "protocol", "http", "coordination", "framework"));
    // Of ours only the messages that Mesos published: what it expects must not be our habits.
    ALLOWED.put("conformance", List.of("protocol"));
    ALLOWED.put(
        "bench",
        List.of(
            "model",
            "runtime",
            "protocol",
            "http",
            "coordination",
            "allocator",
            "master",
            "framework"));
  }

  @TestFactory
  Stream<DynamicTest> aRoomUsesOnlyTheRoomsThatThePictureShows() {
    return ALLOWED.keySet().stream()
        .map(room ->
            DynamicTest.dynamicTest(
                room,
                () ->
                    ArchRuleDefinition.noClasses()
                        .that()
                        .resideInAPackage("io.mesocosm." + room + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(forbiddenFor(room))
                        .check(PRODUCT)));
  }

  @Test
  void roomsHaveNoCycles() {
    slices().matching("io.mesocosm.(*)..").should().beFreeOfCycles().check(PRODUCT);
  }

  private static String[] forbiddenFor(String room) {
    return Stream.concat(ALLOWED.keySet().stream(), Stream.of("cli", "simulation", "testkit"))
        .filter(
            other -> !other.equals(room) && !ALLOWED.getOrDefault(room, List.of()).contains(other))
        .map(other -> "io.mesocosm." + other + "..")
        .toArray(String[]::new);
  }
}
