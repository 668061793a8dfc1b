package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.containerizer.process.ProcessContainerizer;
import io.mesocosm.http.RecordStream;
import io.mesocosm.http.security.ClientAccess;
import io.mesocosm.http.tls.Tls;
import io.mesocosm.model.access.Credential;
import io.mesocosm.protocol.access.JsonWebToken;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An agent that is guarded: by credentials, by tokens of executors, by TLS. */
class AgentSecurityTest {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final String KEY = "0123456789abcdef0123456789abcdef";

  @TempDir Path folder;
  private ProcessContainerizer containerizer;
  private Optional<AgentProcess> agent = Optional.empty();
  private Optional<FakeMaster> master = Optional.empty();

  @BeforeEach
  void prepare() throws Exception {
    containerizer = new ProcessContainerizer(folder.resolve("state"));
  }

  @AfterEach
  void stop() {
    agent.ifPresent(AgentProcess::close);
    master.ifPresent(FakeMaster::close);
    containerizer.close();
  }

  private AgentProcess start(FakeMaster running, String masterAddress, List<String> more)
      throws Exception {
    master = Optional.of(running);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--master=" + masterAddress,
                "--port=0",
                "--work_dir=" + folder.resolve("work"),
                "--containerizers=mesos",
                "--resources=cpus:2;mem:512;ports:[31000-31009];disk:0",
                "--no-switch_user"));
    arguments.addAll(more);
    AgentProcess started =
        AgentProcess.start(
            AgentOptions.parse(arguments),
            new Containerizers(Optional.of(containerizer), Optional.empty()),
            InstantSource.system(),
            new SplittableRandom(1),
            crash -> {
              throw new AssertionError("the agent broke a rule of its state", crash);
            });
    agent = Optional.of(started);
    assertThat(started.awaitRegistered(Duration.ofSeconds(20))).isTrue();
    return started;
  }

  private AgentProcess start(String... more) throws Exception {
    FakeMaster running = new FakeMaster();
    return start(running, running.address(), List.of(more));
  }

  private String file(String name, String text) throws Exception {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private static HttpResponse<String> send(
      ClientAccess access, String scheme, int port, String method, String path, String body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(scheme + "://127.0.0.1:" + port + path))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    access.headers().forEach(request::header);
    try (HttpClient client = access.clients().build()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /health, 200, 200",
    "GET, /version, 200, 200",
    "GET, /state, 401, 200",
    "GET, //state/, 401, 200",
    "GET, /slave(1)/state, 401, 200",
    "GET, /flags, 401, 200",
    "GET, /metrics, 401, 200",
    "GET, /files/debug, 401, 200",
    "POST, /api/v1, 401, 200",
    "POST, /slave(1)/api/v1, 401, 200",
    "GET, /logging/toggle, 401, 200",
    "GET, /unknown, 401, 404",
  })
  void credentialsOpenWhatNobodyElseGets(String method, String path, int without, int with)
      throws Exception {
    int port =
        start(
                "--authenticate_http_readonly",
                "--authenticate_http_readwrite",
                "--http_credentials="
                    + file(
                        "users", "{\"credentials\":[{\"principal\":\"ops\",\"secret\":\"s3\"}]}"))
            .port();
    String body = "{\"type\":\"GET_HEALTH\"}";

    HttpResponse<String> anonymous = send(ClientAccess.ANONYMOUS, "http", port, method, path, body);
    HttpResponse<String> wrong =
        send(ClientAccess.basic(new Credential("ops", "wrong")), "http", port, method, path, body);
    HttpResponse<String> right =
        send(ClientAccess.basic(new Credential("ops", "s3")), "http", port, method, path, body);

    assertThat(anonymous.statusCode()).isEqualTo(without);
    assertThat(wrong.statusCode()).isEqualTo(without);
    assertThat(right.statusCode()).isEqualTo(with);
    if (without == 401) {
      assertThat(anonymous.headers().firstValue("WWW-Authenticate"))
          .hasValueSatisfying(it -> assertThat(it).startsWith("Basic realm=\"mesos-agent-read"));
    }
  }

  @Test
  void principalIsHeldAgainstTheAccessList() throws Exception {
    int port =
        start(
                "--http_credentials="
                    + file(
                        "users", "{\"credentials\":[{\"principal\":\"ops\",\"secret\":\"s3\"}]}"),
                "--acls={\"permissive\":false,\"view_flags\":[{\"principals\":{\"values\":"
                    + "[\"ops\"]},\"flags\":{\"type\":\"ANY\"}}]}")
            .port();

    assertThat(send(ClientAccess.ANONYMOUS, "http", port, "GET", "/flags", "").statusCode())
        .isEqualTo(403);
    assertThat(
            send(ClientAccess.basic(new Credential("ops", "s3")), "http", port, "GET", "/flags", "")
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void secretsAreInNoFlagThatIsShown() throws Exception {
    int port =
        start(
                "--http_credentials="
                    + file(
                        "users",
                        "{\"credentials\":[{\"principal\":\"ops\",\"secret\":\"hidden\"}]}"),
                "--executor_secret_key=" + file("key", KEY))
            .port();

    assertThat(send(ClientAccess.ANONYMOUS, "http", port, "GET", "/flags", "").body())
        .contains("\"http_credentials\":")
        .doesNotContain("hidden", KEY);
  }

  @Test
  void masterIsShownTheCredentialWithEveryCall() throws Exception {
    start("--credential=" + file("own", "{\"principal\":\"agent\",\"secret\":\"s3\"}"));
    agent.orElseThrow().close();
    FakeMaster told = master.orElseThrow();
    told.next(LinkCall.Type.UNREGISTER);

    String expected =
        "Basic " + Base64.getEncoder().encodeToString("agent:s3".getBytes(StandardCharsets.UTF_8));
    assertThat(told.authorizations()).hasSizeGreaterThan(1).containsOnly(expected);
  }

  @ParameterizedTest
  @CsvSource({"'', true", "https://, false"})
  void masterWithTlsIsReached(String prefix, boolean ownCertificate) throws Exception {
    makeCertificate();
    String certificate = folder.resolve("agent.crt").toString();
    FakeMaster running =
        new FakeMaster(
            Optional.of(
                Tls.load(
                    new Tls.Files(
                        folder.resolve("agent.crt"),
                        folder.resolve("agent.key"),
                        Optional.empty(),
                        false))));
    List<String> flags = new ArrayList<>(List.of("--tls_ca=" + certificate));
    if (ownCertificate) {
      flags.add("--tls_certificate=" + certificate);
      flags.add("--tls_key=" + folder.resolve("agent.key"));
    }

    int port = start(running, prefix + running.address(), flags).port();

    String scheme = ownCertificate ? "https" : "http";
    ClientAccess access = ClientAccess.ANONYMOUS.withAuthorities(Path.of(certificate));
    assertThat(send(access, scheme, port, "GET", "/health", "").statusCode()).isEqualTo(200);
  }

  @Test
  void executorsNeedTheTokenThatTheyAreStartedWith() throws Exception {
    int port =
        start("--authenticate_http_executors", "--executor_secret_key=" + file("key", KEY)).port();
    Path pipe = pipe();
    master.orElseThrow().send(runTokenPrinter(pipe));
    String token = read(pipe);
    var claims =
        new JsonWebToken(KEY.getBytes(StandardCharsets.UTF_8))
            .verify(token, InstantSource.system().instant());
    assertThat(claims).containsEntry("fid", "m-0000").containsEntry("eid", "printer");

    assertThat(subscribe(ClientAccess.ANONYMOUS, port, "m-0000", "printer")).isEqualTo(401);
    assertThat(subscribe(ClientAccess.bearer("x.y.z"), port, "m-0000", "printer")).isEqualTo(401);
    assertThat(subscribe(ClientAccess.bearer(token), port, "m-0001", "printer")).isEqualTo(400);
    assertThat(subscribe(ClientAccess.bearer(token), port, "m-0000", "other")).isEqualTo(400);
    assertThat(
            subscribe(ClientAccess.bearer(forged("m-0000", "printer")), port, "m-0000", "printer"))
        .isEqualTo(403);
    assertThat(subscribe(ClientAccess.bearer(token), port, "m-0000", "printer")).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "10.1.2.3"})
  void listeningBeyondTheMachineTakesAuthenticationOrConsent(String ip) throws Exception {
    List<String> arguments = List.of("--master=127.0.0.1:1", "--work_dir=" + folder, "--ip=" + ip);

    assertThatThrownBy(() -> AgentOptions.parse(arguments))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--insecure");

    List<String> consenting = new ArrayList<>(arguments);
    consenting.add("--insecure");
    assertThat(AgentOptions.parse(consenting).server().bindAddress()).isEqualTo(ip);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::"})
  void agentThatListensOnAllAddressesIsKnownByOneOfThem(String ip) throws Exception {
    int port = start("--ip=" + ip, "--insecure").port();

    String state = send(ClientAccess.ANONYMOUS, "http", port, "GET", "/state", "").body();

    assertThat(state)
        .containsPattern("\"pid\":\"slave\\(1\\)@[^\"]+:" + port + "\"")
        .doesNotContain("@0.0.0.0:", "@0:0:0:0:0:0:0:0:", "@:::", "\"hostname\":\"0.0.0.0\"");
  }

  @Test
  void agentListensOnTheLoopbackAndWithItsLimits() {
    AgentOptions options =
        AgentOptions.parse(
            List.of("--master=127.0.0.1:1", "--work_dir=" + folder, "--http_body_bytes_max=4096"));

    assertThat(options.ip()).contains("127.0.0.1");
    assertThat(options.server().bodyBytesMax()).isEqualTo(4096);
  }

  private static int subscribe(ClientAccess access, int port, String framework, String executor)
      throws Exception {
    String json = "application/json";
    String body =
        ("{\"type\":\"SUBSCRIBE\",\"framework_id\":{\"value\":\"%s\"},"
                + "\"executor_id\":{\"value\":\"%s\"},\"subscribe\":{}}")
            .formatted(framework, executor);
    try (HttpClient client = access.clients().build();
        RecordStream stream =
            RecordStream.open(
                client,
                URI.create("http://127.0.0.1:" + port + "/api/v1/executor"),
                json,
                json,
                body.getBytes(StandardCharsets.UTF_8),
                access.headers(),
                Duration.ofSeconds(20))) {
      return stream.status();
    }
  }

  /** Rightly signed, for another container. */
  private static String forged(String framework, String executor) {
    return new JsonWebToken(KEY.getBytes(StandardCharsets.UTF_8))
        .issue(
            new TreeMap<>(Map.of("fid", framework, "eid", executor, "cid", "another")),
            Optional.empty());
  }

  private static LinkEvent runTokenPrinter(Path pipe) {
    Resource cpus =
        Resource.newBuilder()
            .setName("cpus")
            .setType(Value.Type.SCALAR)
            .setScalar(Value.Scalar.newBuilder().setValue(0.1))
            .build();
    TaskInfo task =
        TaskInfo.newBuilder()
            .setName("t")
            .setTaskId(TaskID.newBuilder().setValue("t"))
            .setAgentId(AgentID.newBuilder().setValue("m-S0"))
            .setExecutor(
                ExecutorInfo.newBuilder()
                    .setType(ExecutorInfo.Type.CUSTOM)
                    .setExecutorId(ExecutorID.newBuilder().setValue("printer"))
                    .setCommand(
                        CommandInfo.newBuilder()
                            .setValue(
                                "echo $MESOS_EXECUTOR_AUTHENTICATION_TOKEN > "
                                    + pipe
                                    + "; sleep 1000"))
                    .addResources(cpus))
            .addResources(cpus)
            .build();
    return LinkEvent.newBuilder()
        .setType(LinkEvent.Type.RUN_TASKS)
        .setRunTasks(
            LinkEvent.RunTasks.newBuilder()
                .setFrameworkInfo(
                    FrameworkInfo.newBuilder()
                        .setId(FrameworkID.newBuilder().setValue("m-0000"))
                        .setName("f")
                        .setUser("u"))
                .addTasks(task))
        .build();
  }

  /** A pipe that whoever opens it for reading waits at, until somebody writes. */
  private Path pipe() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    return pipe;
  }

  private static String read(Path pipe) throws Exception {
    CompletableFuture<String> text = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            text.complete(Files.readString(pipe).strip());
          } catch (IOException e) {
            text.completeExceptionally(e);
          }
        });
    return text.get(20, TimeUnit.SECONDS);
  }

  private void makeCertificate() throws Exception {
    Path store = folder.resolve("agent.p12");
    Process keytool =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-alias",
                    "x",
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=agent",
                    "-ext",
                    "san=ip:127.0.0.1",
                    "-storetype",
                    "PKCS12",
                    "-keystore",
                    store.toString(),
                    "-storepass",
                    new String(PASSWORD)))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    pem("agent.crt", "CERTIFICATE", keys.getCertificate("x").getEncoded());
    pem("agent.key", "PRIVATE KEY", keys.getKey("x", PASSWORD).getEncoded());
  }

  private void pem(String name, String type, byte[] content) throws Exception {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(content);
    file(name, "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
  }
}
