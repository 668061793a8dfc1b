package io.mesocosm.agent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.agent.AgentSnapshot;
import io.mesocosm.http.HttpException;
import io.mesocosm.model.access.Authorizer;
import io.mesocosm.model.access.Principal;
import io.mesocosm.protocol.access.AccessListJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.FileInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may see what is in sandboxes, and how the v1 API shows it. */
class SandboxAccessTest {
  private static final String ALICE = "/frameworks/m-0000/executors/web/runs/c-web";
  private static final String BOB = "/frameworks/m-0001/executors/pod/runs/c-pod";
  private static final String FORGOTTEN = "/frameworks/m-0009/executors/x/runs/c-x";
  private static final String COMPLETED = "/frameworks/m-0002/executors/done/runs/c-done";

  private final AgentSnapshot snapshot = ApiFixture.snapshot();
  private Path workDir;

  @BeforeEach
  void makeSandboxes(@TempDir Path folder) throws Exception {
    workDir = folder;
    for (String sandbox : List.of(ALICE, BOB, FORGOTTEN, COMPLETED)) {
      Path made = Files.createDirectories(folder.resolve("slaves/m-S0" + sandbox));
      Path file = Files.writeString(made.resolve("stdout"), "0123456789");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }
  }

  private SandboxContent content(Authorizer authorizer) {
    return new SandboxContent(ApiFixture.facts(workDir, snapshot, authorizer));
  }

  private static Authorizer onlyAlices() throws Exception {
    return AccessListJson.parse(
        "{\"access_sandboxes\":[{\"principals\":{\"values\":[\"alice\"]},\"users\":{\"values\":"
            + "[\"alice\"]}},{\"principals\":{\"type\":\"ANY\"},\"users\":{\"type\":\"NONE\"}}]}");
  }

  private int status(String path, String principal) throws Exception {
    Authorizer authorizer = onlyAlices();
    try {
      SandboxContent.Part part =
          content(authorizer)
              .use(
                  Optional.of(path + "/stdout"),
                  new Visible(authorizer, Optional.of(Principal.of(principal))),
                  found -> SandboxContent.read(found, 0, -1));
      assertThat(part.data().toStringUtf8()).isEqualTo("0123456789");
      return 200;
    } catch (HttpException e) {
      return e.response().status();
    }
  }

  @Test
  void sandboxesBelongToTheUsersOfTheirFrameworks() throws Exception {
    assertThat(status(ALICE, "alice")).isEqualTo(200);
    assertThat(status(COMPLETED, "alice")).isEqualTo(200);
    assertThat(status(BOB, "alice")).isEqualTo(403);
    assertThat(status(ALICE, "bob")).isEqualTo(403);
  }

  @Test
  void sandboxesOfForgottenFrameworksAreForThoseWhoMaySeeAll() throws Exception {
    assertThat(status(FORGOTTEN, "alice")).isEqualTo(403);
    SandboxContent open = content(Authorizer.PERMISSIVE);
    assertThat(
            open.use(
                Optional.of(FORGOTTEN),
                new Visible(Authorizer.PERMISSIVE, Optional.empty()),
                SandboxContent::list))
        .hasSize(1);
  }

  @Test
  void pathOnTheMachineIsGuardedToo() throws Exception {
    assertThat(status(workDir + "/slaves/m-S0" + BOB, "alice")).isEqualTo(403);
    assertThat(status(workDir + "/slaves/m-S0" + ALICE, "alice")).isEqualTo(200);
  }

  @Test
  void linkIntoAnotherSandboxDoesNotLeadThere() throws Exception {
    Files.createSymbolicLink(
        workDir.resolve("slaves/m-S0" + ALICE + "/theirs"), workDir.resolve("slaves/m-S0" + BOB));

    assertThat(status(ALICE + "/theirs", "alice")).isEqualTo(404);
  }

  @Test
  void filesAreListedWithTheirModes() throws Exception {
    List<SandboxContent.Entry> entries =
        content(Authorizer.PERMISSIVE)
            .use(
                Optional.of(ALICE),
                new Visible(Authorizer.PERMISSIVE, Optional.empty()),
                SandboxContent::list);

    FileInfo info = entries.getFirst().message();
    assertThat(info.getPath()).isEqualTo(ALICE + "/stdout");
    assertThat(info.getMode()).isEqualTo(0100640);
    assertThat(info.getSize()).isEqualTo(10);
    assertThat(info.getNlink()).isEqualTo(1);
    assertThat(info.getMtime().getNanoseconds()).isPositive();
  }

  @Test
  void partOfAFileIsReadWithTheSizeOfAll() {
    SandboxContent content = content(Authorizer.PERMISSIVE);
    Visible all = new Visible(Authorizer.PERMISSIVE, Optional.empty());

    SandboxContent.Part part =
        content.use(Optional.of(ALICE + "/stdout"), all, path -> SandboxContent.read(path, 8, 100));
    SandboxContent.Part beyond =
        content.use(
            Optional.of(ALICE + "/stdout"),
            all,
            path -> SandboxContent.read(path, Long.MAX_VALUE, -1));

    assertThat(part.size()).isEqualTo(10);
    assertThat(part.data().toStringUtf8()).isEqualTo("89");
    assertThat(beyond.data().isEmpty()).isTrue();
    assertThatThrownBy(
            () -> content.use(Optional.of(ALICE), all, path -> SandboxContent.read(path, 0, 1)))
        .isInstanceOf(HttpException.class);
  }
}
