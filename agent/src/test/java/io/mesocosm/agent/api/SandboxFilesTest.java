package io.mesocosm.agent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.model.access.Authorizer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxFilesTest {
  private static final String VIRTUAL = "/frameworks/F/executors/E/runs/C";

  private Path workDir;
  private Path sandbox;
  private SandboxFiles files;

  @BeforeEach
  void makeSandbox(@TempDir Path folder) throws Exception {
    workDir = folder.resolve("work");
    sandbox = workDir.resolve("slaves/m-S0" + VIRTUAL);
    Files.createDirectories(sandbox.resolve("logs"));
    Files.writeString(sandbox.resolve("stdout"), "0123456789");
    Files.writeString(sandbox.resolve("logs/a.log"), "log");
    Files.writeString(workDir.resolve("secret"), "secret");
    Files.createSymbolicLink(sandbox.resolve("../latest"), Path.of("C"));
    AgentFacts facts = ApiFixture.facts(workDir, ApiFixture.snapshot(), Authorizer.PERMISSIVE);
    files = new SandboxFiles(facts, new SandboxContent(facts));
  }

  private static Request request(String... namesAndValues) {
    Map<String, List<String>> query = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      query.put(namesAndValues[i], List.of(namesAndValues[i + 1]));
    }
    return new Request(
        "GET",
        "/files/read",
        query,
        new TreeMap<>(),
        Map.of(),
        new byte[0],
        new InetSocketAddress("127.0.0.1", 1));
  }

  private static String body(Response response) {
    return new String(((Response.Whole) response).body(), StandardCharsets.UTF_8);
  }

  private static int refusal(Function<Request, Response> endpoint, Request request) {
    try {
      return endpoint.apply(request).status();
    } catch (HttpException e) {
      return e.response().status();
    }
  }

  @Test
  void partOfAFileIsRead() {
    assertThat(body(files.read(request("path", sandbox + "/stdout", "offset", "2", "length", "3"))))
        .isEqualTo("{\"offset\":2,\"data\":\"234\"}");
    assertThat(body(files.read(request("path", VIRTUAL + "/stdout", "offset", "8"))))
        .isEqualTo("{\"offset\":8,\"data\":\"89\"}");
    assertThat(
            body(
                files.read(
                    request(
                        "path", VIRTUAL + "/../latest/stdout", "offset", "50", "length", "-1"))))
        .isEqualTo("{\"offset\":50,\"data\":\"\"}");
  }

  @Test
  void readWithoutOffsetTellsTheSize() {
    assertThat(body(files.read(request("path", VIRTUAL + "/stdout"))))
        .isEqualTo("{\"offset\":10,\"data\":\"\"}");
  }

  @Test
  void longReadsAreCutAtSixteenPages() throws Exception {
    Files.write(sandbox.resolve("big"), new byte[100_000]);

    Response.Whole whole =
        (Response.Whole) files.read(request("path", VIRTUAL + "/big", "offset", "0"));

    assertThat(body(whole).split("\\\\u0000", -1)).hasSize(65_537);
  }

  @Test
  void foldersAreListedWithTheDetailsOfLs() {
    String listed = body(files.browse(request("path", VIRTUAL)));

    assertThat(listed)
        .contains("\"path\":\"" + VIRTUAL + "/stdout\"")
        .contains("\"path\":\"" + VIRTUAL + "/logs\"")
        .contains("\"mode\":\"drwx")
        .contains("\"mode\":\"-rw")
        .contains("\"size\":10")
        .contains("\"nlink\":1");
    assertThat(body(files.browse(request("path", VIRTUAL + "/logs/")))).contains("/logs/a.log");
  }

  @Test
  void downloadNamesTheFile() {
    Response response = files.download(request("path", VIRTUAL + "/logs/a.log"));

    assertThat(body(response)).isEqualTo("log");
    assertThat(response.headers())
        .containsEntry("Content-Disposition", "attachment; filename=\"a.log\"");
  }

  @Test
  void badQueriesAreRefused() {
    assertThat(refusal(files::read, request())).isEqualTo(400);
    assertThat(refusal(files::read, request("path", VIRTUAL + "/stdout", "offset", "-2")))
        .isEqualTo(400);
    assertThat(refusal(files::read, request("path", VIRTUAL + "/stdout", "offset", "x")))
        .isEqualTo(400);
    assertThat(refusal(files::read, request("path", VIRTUAL))).isEqualTo(400);
    assertThat(refusal(files::browse, request("path", VIRTUAL + "/stdout"))).isEqualTo(400);
    assertThat(refusal(files::download, request("path", VIRTUAL + "/logs"))).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/passwd",
        "relative",
        "/frameworks/F/executors/E/runs",
        "/frameworks/F/executors/E/runs/C/../../../../../../../../secret",
        "/frameworks/F/executors/E/runs/C/missing",
        "/frameworks/F/executors/E/runs/C/stdout/x",
        "/frameworks/../../../secret",
        "/frameworks/F/executors/E/runs/nobody/stdout"
      })
  void whatIsInNoSandboxIsNotFound(String path) {
    assertThat(refusal(files::read, request("path", path, "offset", "0"))).isEqualTo(404);
    assertThat(refusal(files::browse, request("path", path))).isEqualTo(404);
  }

  @Test
  void workDirectoryItselfIsNotFound() {
    for (String path : List.of("", "/secret", "/slaves", "/slaves/m-S0/frameworks")) {
      assertThat(refusal(files::browse, request("path", workDir + path))).isEqualTo(404);
    }
  }

  @Test
  void linksOutOfTheSandboxAreNotFollowed() throws Exception {
    Files.createSymbolicLink(sandbox.resolve("file"), workDir.resolve("secret"));
    Files.createSymbolicLink(sandbox.resolve("folder"), workDir);
    Files.createSymbolicLink(sandbox.resolve("../evil"), Path.of("/etc"));

    for (String path : List.of("/file", "/folder", "/folder/secret", "/../evil/passwd")) {
      assertThat(refusal(files::read, request("path", VIRTUAL + path, "offset", "0")))
          .as(path)
          .isEqualTo(404);
    }
    assertThat(refusal(files::browse, request("path", VIRTUAL + "/folder"))).isEqualTo(404);
    assertThat(body(files.browse(request("path", VIRTUAL)))).contains("\"mode\":\"lrwx");
  }

  @Test
  void linksWithinTheSandboxAreFollowed() throws Exception {
    Files.createSymbolicLink(sandbox.resolve("out"), Path.of("logs", "a.log"));

    assertThat(body(files.read(request("path", VIRTUAL + "/out", "offset", "0"))))
        .contains("\"log\"");
  }

  @Test
  void jsonpWrapsTheAnswerInACall() {
    assertThat(body(files.read(request("path", VIRTUAL + "/stdout", "jsonp", "f"))))
        .isEqualTo("f({\"offset\":10,\"data\":\"\"});");
    assertThatThrownBy(
            () -> files.read(request("path", VIRTUAL + "/stdout", "jsonp", "alert(1);//")))
        .isInstanceOf(HttpException.class);
  }
}
