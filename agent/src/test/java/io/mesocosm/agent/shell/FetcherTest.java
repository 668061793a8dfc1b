package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.agent.ContainerLaunch;
import io.mesocosm.http.HttpServer;
import io.mesocosm.http.HttpServerOptions;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.model.ContainerId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Fetches from a server of this machine (contracts/mesos-containerization.md §9). */
class FetcherTest {
  @TempDir private Path folder;

  private final Map<String, Response> answers = Collections.synchronizedMap(new TreeMap<>());
  private Path sandbox = Path.of("/");
  private Path home = Path.of("/");
  private Optional<String> user = Optional.empty();
  private final HttpServer server =
      HttpServer.start(HttpServerOptions.of("files", "127.0.0.1", 0), this::answer);

  @BeforeEach
  void makeFolders() throws IOException {
    sandbox = Files.createDirectory(folder.resolve("sandbox"));
    home = Files.createDirectory(folder.resolve("home"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Response answer(Request request) {
    return answers.getOrDefault(request.path(), Response.empty(404));
  }

  private void serve(String path, byte[] content) {
    answers.put(path, Response.of(200, "application/octet-stream", content));
  }

  private String address(String path) {
    return "http://127.0.0.1:" + server.port() + path;
  }

  private static CommandInfo.URI.Builder uri(String value) {
    return CommandInfo.URI.newBuilder().setValue(value);
  }

  private void fetch(CommandInfo.URI.Builder... uris) throws Exception {
    ContainerLaunch launch =
        new ContainerLaunch(
            new ContainerId("c1"),
            sandbox.toString(),
            Optional.empty(),
            Collections.emptySortedMap(),
            0.1,
            32,
            List.of(),
            Optional.empty(),
            user,
            Collections.emptySortedMap(),
            Duration.ofMinutes(1),
            List.of(),
            List.of(),
            List.of(),
            List.of(uris).stream().map(CommandInfo.URI.Builder::build).toList());
    new Fetcher(Duration.ofMillis(300), home.toString()).fetch(launch);
  }

  private Path archive(String name, String... command) throws Exception {
    Path content = Files.createDirectory(home.resolve("content"));
    Files.writeString(content.resolve("inside"), "unpacked");
    Process process = new ProcessBuilder(command).directory(content.toFile()).start();
    assertThat(process.waitFor()).isZero();
    return home.resolve(name);
  }

  @Test
  void fileHasTheLastPartOfItsAddressAsItsName() throws Exception {
    serve("/a/hello.txt", "hello".getBytes(StandardCharsets.UTF_8));

    fetch(uri(address("/a/hello.txt?version=2")));

    assertThat(sandbox.resolve("hello.txt?version=2")).hasContent("hello");
  }

  @Test
  void outputFileMayLieInAFolder() throws Exception {
    serve("/hello.txt", "hello".getBytes(StandardCharsets.UTF_8));

    fetch(uri(address("/hello.txt")).setOutputFile("conf/deep/greeting"));

    assertThat(sandbox.resolve("conf/deep/greeting")).hasContent("hello");
  }

  @Test
  void redirectsAreFollowed() throws Exception {
    serve("/new", "moved".getBytes(StandardCharsets.UTF_8));
    answers.put("/old", Response.empty(302).withHeader("Location", "/new"));

    fetch(uri(address("/old")));

    assertThat(sandbox.resolve("old")).hasContent("moved");
  }

  @Test
  void executableCanBeRunAndIsNotUnpacked() throws Exception {
    serve("/tool.tgz", "#!/bin/sh".getBytes(StandardCharsets.UTF_8));

    fetch(uri(address("/tool.tgz")).setExecutable(true));

    assertThat(sandbox.resolve("tool.tgz")).isExecutable().hasContent("#!/bin/sh");
  }

  @Test
  void tarIsUnpackedAndKept() throws Exception {
    Path tar = archive("a.tar.gz", "tar", "-czf", "../a.tar.gz", "inside");
    serve("/a.tar.gz", Files.readAllBytes(tar));

    fetch(uri(address("/a.tar.gz")));

    assertThat(sandbox.resolve("inside")).hasContent("unpacked");
    assertThat(sandbox.resolve("a.tar.gz")).exists();
  }

  @Test
  void archiveStaysPackedIfItIsNotToBeExtracted() throws Exception {
    Path tar = archive("a.tgz", "tar", "-czf", "../a.tgz", "inside");

    fetch(uri(tar.toString()).setExtract(false));

    assertThat(sandbox.resolve("a.tgz")).exists();
    assertThat(sandbox.resolve("inside")).doesNotExist();
  }

  @Test
  void zipIsUnpacked() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("inside"));
      zip.write("unpacked".getBytes(StandardCharsets.UTF_8));
    }
    serve("/a.zip", bytes.toByteArray());

    fetch(uri(address("/a.zip")));

    assertThat(sandbox.resolve("inside")).hasContent("unpacked");
  }

  @Test
  void compressedFileIsUnpackedBesideItself() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write("unpacked".getBytes(StandardCharsets.UTF_8));
    }
    serve("/data.json.gz", bytes.toByteArray());

    fetch(uri(address("/data.json.gz")));

    assertThat(sandbox.resolve("data.json")).hasContent("unpacked");
    assertThat(sandbox.resolve("data.json.gz")).exists();
  }

  @Test
  void filesOfTheMachineAreCopied() throws Exception {
    Path file = Files.writeString(home.resolve("here"), "local");

    fetch(
        uri(file.toString()),
        uri("file://" + file).setOutputFile("second"),
        uri("here").setOutputFile("third"));

    assertThat(sandbox.resolve("here")).hasContent("local");
    assertThat(sandbox.resolve("second")).hasContent("local");
    assertThat(sandbox.resolve("third")).hasContent("local");
  }

  @Test
  void failureNamesTheAddressAndTheReason() {
    assertThatThrownBy(() -> fetch(uri(address("/none"))))
        .isInstanceOf(IOException.class)
        .hasMessage("Failed to fetch " + address("/none") + ": the server answered 404");
  }

  @Test
  void missingFileIsAFailure() {
    assertThatThrownBy(() -> fetch(uri("file:///nonexistent/file")))
        .hasMessageStartingWith("Failed to fetch file:///nonexistent/file: sh failed: cp: ");
  }

  @Test
  void brokenArchiveIsAFailure() {
    serve("/a.tgz", "no archive".getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> fetch(uri(address("/a.tgz")))).hasMessageContaining("tar failed");
  }

  @Test
  void silentServerIsAFailure() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
      String address = "http://127.0.0.1:" + silent.getLocalPort() + "/file";

      assertThatThrownBy(() -> fetch(uri(address))).hasMessageContaining("timed out");
    }
  }

  @Test
  void unknownSchemeIsAFailure() {
    assertThatThrownBy(() -> fetch(uri("hdfs://namenode/file")))
        .hasMessageContaining("scheme hdfs is not supported");
  }

  @Test
  @EnabledIf("io.mesocosm.agent.shell.FetcherTest#isRoot")
  void whatIsFetchedBelongsToTheUserOfTheSandbox() throws Exception {
    giveSandboxToNobody();
    Path tar = archive("a.tgz", "tar", "-czf", "../a.tgz", "inside");
    serve("/a.tgz", Files.readAllBytes(tar));

    fetch(uri(address("/a.tgz")).setOutputFile("deep/a.tgz"));

    for (String name : List.of("inside", "deep", "deep/a.tgz")) {
      assertThat(Files.getOwner(sandbox.resolve(name)).getName()).isEqualTo("nobody");
    }
  }

  @Test
  @EnabledIf("io.mesocosm.agent.shell.FetcherTest#isRoot")
  void filesThatTheUserMayNotReadAreNotCopied() throws Exception {
    giveSandboxToNobody();
    Path secret = Files.writeString(home.resolve("secret"), "for root only");
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));

    assertThatThrownBy(() -> fetch(uri(secret.toString()))).hasMessageContaining("denied");
  }

  private void giveSandboxToNobody() throws IOException {
    user = Optional.of("nobody");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setOwner(
        sandbox,
        sandbox.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
  }

  static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  @Test
  void outputFileMustStayInTheSandbox() {
    assertThatThrownBy(() -> fetch(uri(address("/x")).setOutputFile("../x")))
        .hasMessageContaining("must be relative and without ..");
    assertThatThrownBy(() -> fetch(uri(address("/x")).setOutputFile("/etc/x")))
        .hasMessageContaining("must be relative and without ..");
  }

  @Test
  void linkOfAnArchiveLeadsNowhere() throws Exception {
    serve("/x", "evil".getBytes(StandardCharsets.UTF_8));
    Files.createSymbolicLink(sandbox.resolve("out"), home);
    Path target = Files.writeString(home.resolve("target"), "good");
    Files.createSymbolicLink(sandbox.resolve("link"), target);

    assertThatThrownBy(() -> fetch(uri(address("/x")).setOutputFile("out/x")))
        .hasMessageContaining("leads out of the sandbox");
    fetch(uri(address("/x")).setOutputFile("link"));

    assertThat(target).hasContent("good");
    assertThat(sandbox.resolve("link")).hasContent("evil");
  }
}
