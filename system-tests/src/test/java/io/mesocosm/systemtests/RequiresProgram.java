package io.mesocosm.systemtests;

import java.io.File;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The test runs a program of somebody else's. Without it the test fails where nothing may be
 * skipped ({@code CI} or the property {@code mesocosm.require.all} is set), and is skipped by name
 * elsewhere.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresProgram.OnPath.class)
@interface RequiresProgram {
  /** As a shell would find it. */
  String value();

  /** The Debian package that brings it. */
  String debianPackage();

  /** Looks for the program in the folders of {@code PATH}. */
  final class OnPath implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      RequiresProgram required =
          context.getRequiredTestClass().getAnnotation(RequiresProgram.class);
      if (isOnPath(required.value())) {
        return ConditionEvaluationResult.enabled(required.value() + " is there");
      }
      String message =
          required.value()
              + " is missing: apt-get install "
              + required.debianPackage()
              + " (./verify does when root)";
      if (!System.getenv().getOrDefault("CI", "").isEmpty()
          || Boolean.getBoolean("mesocosm.require.all")) {
        throw new AssertionError(message);
      }
      return ConditionEvaluationResult.disabled(message);
    }

    private static boolean isOnPath(String program) {
      return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
          .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
  }
}
