package io.mesocosm.houserules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The rule that everything rests on: cores decide, shells do (ARCHITECTURE.md). */
class CoreAndShellTest {
  /**
   * Packages that hold cores, and in them the shell's own classes, which are no part of the core.
   */
  private static final DescribedPredicate<JavaClass> CORE =
      DescribedPredicate.describe(
          "belong to a core",
          type -> {
            String name = type.getName();
            String room = type.getPackageName();
            boolean coreRoom =
                room.equals("io.mesocosm.master")
                    || room.equals("io.mesocosm.agent")
                    || room.startsWith("io.mesocosm.allocator")
                    || room.equals("io.mesocosm.services")
                    || room.startsWith("io.mesocosm.services.app")
                    || room.startsWith("io.mesocosm.services.matching")
                    || room.startsWith("io.mesocosm.services.deployment")
                    || room.startsWith("io.mesocosm.services.instance")
                    || room.startsWith("io.mesocosm.model");
            return coreRoom
                && !name.matches(".*\\.(Agent|Services)(Process|Options|Flags)(\\$.*)?");
          });

  private static final Set<String> CLOCK_CALLS =
      Set.of("now", "currentTimeMillis", "nanoTime", "systemUTC", "system", "systemDefaultZone");

  @Test
  void coresTouchNoSocketFileThreadLockOrAtomic() {
    noClasses()
        .that(CORE)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.io..",
            "java.net..",
            "java.nio.file..",
            "java.nio.channels..",
            "java.util.concurrent..",
            "io.mesocosm.http..",
            "io.mesocosm.coordination..",
            "org.eclipse.jetty..",
            "org.apache.zookeeper..",
            "org.apache.curator..",
            "com.github.dockerjava..",
            "com.fasterxml..")
        .check(ArrowsTest.PRODUCT);
  }

  @Test
  void coresReadNoClockAndDrawNoRandomNumberOfTheirOwn() {
    noClasses()
        .that(CORE)
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "reads a clock or draws a random number", call -> isClockOrRandom(call)))
        .orShould()
        .callConstructor(java.util.Random.class)
        .check(ArrowsTest.PRODUCT);
  }

  @Test
  void staticFieldsAreFinal() {
    fields()
        .that()
        .areStatic()
        .and()
        .areDeclaredInClassesThat()
        // Generated, by protoc and by JMH.
        .resideOutsideOfPackages("io.mesocosm.protocol.link..", "..jmh_generated..")
        .should()
        .beFinal()
        .check(ArrowsTest.PRODUCT);
  }

  private static boolean isClockOrRandom(JavaCall<?> call) {
    String owner = call.getTargetOwner().getName();
    boolean clock =
        (owner.startsWith("java.time.") || owner.equals("java.lang.System"))
            && CLOCK_CALLS.contains(call.getName());
    boolean random =
        (owner.equals("java.util.UUID") && call.getName().equals("randomUUID"))
            || (owner.equals("java.lang.Math") && call.getName().equals("random"));
    return clock || random;
  }
}
