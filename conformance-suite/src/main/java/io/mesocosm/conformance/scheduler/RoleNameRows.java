package io.mesocosm.conformance.scheduler;

import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;

/** Section 14: which role names are valid. */
final class RoleNameRows implements RowTests {
  @Override
  public String contract() {
    return SchedulerSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("14/rule.is-valid", "* is valid", target -> accepted(target, "*"));
    rows.test(
        "14/rule.path-of-components-separated-by-no",
        "paths",
        target -> {
          String role = target.unique();
          accepted(target, role, role + "/b", role + "/b/c");
          refused(target, "/" + role, role + "/", role + "//b", "/");
        });
    rows.test(
        "14/rule.component-must-not-begin-with-no",
        "components",
        target -> {
          refused(
              target,
              ".",
              "..",
              "a/.",
              "a/..",
              "a/*",
              "*/a",
              "-a",
              "a/-b",
              "a\tb",
              "a\nb",
              "a\u000bb",
              "a\fb",
              "a\rb",
              "a b",
              "a\u007fb");
          accepted(target, target.unique() + "-x.y_z");
        });
    rows.test("14/rule.empty-string-invalid", "the empty name", target -> refused(target, ""));
  }

  private static void accepted(Target target, String... roles) {
    for (String role : roles) {
      SchedulerSession session = target.subscribe(target.framework().roles(role).suppressed());
      session.close();
    }
  }

  private static void refused(Target target, String... roles) {
    for (String role : roles) {
      target.refusal(target.framework().roles(role));
    }
  }
}
