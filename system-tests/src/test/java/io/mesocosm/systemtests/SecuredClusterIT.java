package io.mesocosm.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An operator's evening with docs/security.md: each role a process of its own, with credentials,
 * access lists and TLS. Needs openssl and curl.
 */
class SecuredClusterIT {
  private static final String ADDRESS = "127.0.0.1";
  private static final List<String> READ_AND_WRITE =
      List.of("--authenticate_http_readonly", "--authenticate_http_readwrite");
  private static final String ACCESS =
      """
      {"permissive": false,
       "register_agents": [{"principals": {"values": ["agents"]}, "agents": {"type": "ANY"}}],
       "register_frameworks": [{"principals": {"values": ["services"]}, "roles": {"values": ["*"]}}],
       "run_tasks": [{"principals": {"values": ["services"]}, "users": {"type": "ANY"}}],
       "view_frameworks": [{"principals": {"values": ["olivia"]}, "users": {"type": "ANY"}}],
       "view_tasks": [{"principals": {"values": ["olivia"]}, "users": {"type": "ANY"}}],
       "view_executors": [{"principals": {"values": ["olivia"]}, "users": {"type": "ANY"}}],
       "view_flags": [{"principals": {"values": ["olivia"]}, "flags": {"type": "ANY"}}],
       "access_sandboxes": [{"principals": {"values": ["olivia"]}, "users": {"type": "ANY"}}]}
      """;

  @TempDir Path folder;

  private final List<Process> running = new ArrayList<>();
  private final int zooKeeperPort = freePort();
  private final int masterPort = freePort();
  private final int agentPort = freePort();
  private final int servicesPort = freePort();

  private record Reply(int status, String headers, String body) {}

  @BeforeEach
  void writeFiles() throws IOException {
    write("acls.json", ACCESS);
    write(
        "credentials.json",
        """
        {"credentials": [
          {"principal": "olivia", "secret": "olivias"},
          {"principal": "ray", "secret": "rays"},
          {"principal": "agents", "secret": "agents'"},
          {"principal": "services", "secret": "services'"}]}
        """);
    write("agent", "agents agents'\n");
    write("services", "services'\n");
    write("executors", "a long secret that only this agent knows\n");
    write("api", "deploy:it\n");
    write("deploy", "it\n");
    write("olivia", "olivias\n");
    write("ray", "rays\n");
    openssl("-days", "2", "-subj", "/CN=CA", "-keyout", path("ca.key"), "-out", path("ca.pem"));
    issueCertificate();
  }

  @AfterEach
  void stop() throws InterruptedException {
    for (Process process : running.reversed()) {
      process.destroy();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }

  @Test
  void everyoneMayDoWhatTheListsSayAndSeesNothingElse() throws IOException {
    startZooKeeper();
    Path masterLog = startMaster();
    Path agentLog = startAgent("agent", agentPort, "agent");
    startServices();
    LocalCluster.await(
        () -> read(agentLog), log -> log.contains("registered"), "the agent is registered");

    Reply unknown = curl("https://" + ADDRESS + ":" + masterPort + "/state");
    assertThat(unknown.status()).isEqualTo(401);
    assertThat(unknown.headers())
        .containsIgnoringCase("WWW-Authenticate: Basic realm=\"mesos-master-readonly\"");
    assertThat(master("ray:wrong", "/state").status()).isEqualTo(401);
    assertThat(master("ray:rays", "/flags").status()).isEqualTo(403);
    assertThat(master("olivia:olivias", "/flags").body()).doesNotContain("olivias");

    String task = deploy();
    assertThat(master("olivia:olivias", "/tasks").body()).contains(task);
    assertThat(master("ray:rays", "/tasks").body()).doesNotContain(task);
    assertThat(master("ray:rays", "/frameworks").body()).doesNotContain("marathon");
    assertThat(cosmAs("olivia", "task", "log", task).out()).contains("hello from the sandbox");
    assertThat(cosmAs("deploy", "task", "list").err()).contains("principal deploy is not known");
    assertThat(tearDown("ray:rays").status()).isEqualTo(403);
    assertThat(cosmAs("ray", "run", "--", "true").err()).contains("Not authorized to use role '*'");

    issueCertificate();
    LocalCluster.await(
        () -> {
          master("olivia:olivias", "/health");
          return read(masterLog);
        },
        log -> log.contains("have changed and are in use"),
        "the master shows the new certificate");
    assertThat(master("olivia:olivias", "/tasks").body()).contains(task);

    write("stranger", "agents wrong\n");
    Path strangerLog = startAgent("stranger", freePort(), "stranger");
    LocalCluster.await(
        () -> read(strangerLog),
        log -> log.contains("401"),
        "an agent that is not ours is refused");
    assertThat(read(masterLog)).doesNotContain("olivias", "agents'", "services'");
  }

  @Test
  void aRoleThatListensFurtherAwayWithoutAuthenticationDoesNotStart() {
    for (List<String> role :
        List.of(
            List.of("master", "--ip=0.0.0.0", "--work_dir=" + path("open")),
            List.of("agent", "--ip=0.0.0.0", "--work_dir=" + path("open"), "--master=x:1"),
            List.of("services", "--http_address=0.0.0.0", "--master=x:1"),
            List.of("local", "--bind=0.0.0.0", "--work_dir=" + path("open")))) {
      Cosm.Outcome outcome = Cosm.cosm(Map.of(), role.toArray(String[]::new));
      assertThat(outcome.exitCode()).as("%s", role).isEqualTo(2);
      assertThat(outcome.err().lines()).as("%s", role).hasSize(1);
      assertThat(outcome.err()).contains("0.0.0.0", "--insecure");
    }
  }

  /** Deploys an app as Marathon's users do, and returns the id of its task. */
  private String deploy() throws IOException {
    Path app =
        write(
            "app.json",
            "{\"id\":\"/hello\",\"cpus\":0.1,\"mem\":32,"
                + "\"cmd\":\"echo hello from the sandbox; exec sleep 1000\"}");
    assertThat(curl(services() + "/v2/apps").status()).isEqualTo(401);
    Cosm.Outcome outcome = cosmAs("deploy", "app", "deploy", app.toString());
    assertThat(outcome.exitCode()).as(outcome.all()).isZero();
    JsonNode tasks =
        new ObjectMapper()
            .readTree(curl("-u", "deploy:it", services() + "/v2/apps/hello/tasks").body());
    return tasks.path("tasks").path(0).path("id").asText();
  }

  private Reply tearDown(String credentials) throws IOException {
    JsonNode frameworks =
        new ObjectMapper().readTree(master("olivia:olivias", "/frameworks").body());
    String id = frameworks.path("frameworks").path(0).path("id").asText();
    assertThat(id).isNotEmpty();
    return curl(
        "-u",
        credentials,
        "-d",
        "frameworkId=" + id,
        "https://" + ADDRESS + ":" + masterPort + "/teardown");
  }

  private Reply master(String credentials, String path) {
    return curl("-u", credentials, "https://" + ADDRESS + ":" + masterPort + path);
  }

  private String services() {
    return "https://" + ADDRESS + ":" + servicesPort;
  }

  private Reply curl(String... arguments) {
    List<String> command =
        new ArrayList<>(List.of("curl", "-sS", "-i", "-m", "20", "--cacert", path("ca.pem")));
    command.addAll(List.of(arguments));
    Cosm.Outcome outcome = Cosm.run(Map.of(), command);
    assertThat(outcome.exitCode()).as("%s: %s", command, outcome.err()).isZero();
    String[] parts = outcome.out().split("\r\n\r\n", 2);
    return new Reply(Integer.parseInt(parts[0].split(" ", 3)[1]), parts[0], parts[1]);
  }

  private Cosm.Outcome cosmAs(String principal, String... arguments) {
    return Cosm.cosm(
        Map.of(
            "COSM_MASTER", "https://" + ADDRESS + ":" + masterPort,
            "COSM_SERVICES", services(),
            "COSM_CA", path("ca.pem"),
            "COSM_PRINCIPAL", principal,
            "COSM_SECRET_FILE", path(principal)),
        arguments);
  }

  private void startZooKeeper() throws IOException {
    String java = Cosm.succeed(Cosm.ROOT.resolve("cosm").toString(), "--which-jdk") + "/bin/java";
    start(
        "zookeeper",
        List.of(
            java,
            "-Xmx128m",
            "-Dzookeeper.admin.enableServer=false",
            "-cp",
            Cosm.ROOT.resolve("dist/target/cosm/lib") + "/*",
            "org.apache.zookeeper.server.ZooKeeperServerMain",
            String.valueOf(zooKeeperPort),
            path("zookeeper")));
  }

  private Path startMaster() throws IOException {
    return startRole(
        "master",
        List.of(
            "master",
            "--port=" + masterPort,
            "--hostname=" + ADDRESS,
            "--work_dir=" + path("master"),
            "--credentials=" + path("credentials.json"),
            "--acls=" + path("acls.json"),
            "--authenticate_http_frameworks",
            "--authenticate_agents"),
        READ_AND_WRITE);
  }

  private Path startAgent(String name, int port, String credential) throws IOException {
    return startRole(
        name,
        List.of(
            "agent",
            "--master=https://" + ADDRESS + ":" + masterPort,
            "--port=" + port,
            "--hostname=" + ADDRESS,
            "--work_dir=" + path(name + "-work"),
            "--containerizers=mesos",
            "--http_credentials=" + path("credentials.json"),
            "--credential=" + path(credential),
            "--acls=" + path("acls.json"),
            "--authenticate_http_executors",
            "--executor_secret_key=" + path("executors")),
        READ_AND_WRITE);
  }

  private void startServices() throws IOException {
    startRole(
        "services-role",
        List.of(
            "services",
            "--master=https://" + ADDRESS + ":" + masterPort,
            "--zk=zk://127.0.0.1:" + zooKeeperPort + "/marathon",
            "--http_port=" + servicesPort,
            "--hostname=" + ADDRESS,
            "--mesos_authentication_principal=services",
            "--mesos_authentication_secret_file=" + path("services"),
            "--http_credentials=" + path("api")),
        List.of());
    LocalCluster.await(
        () ->
            Cosm.run(
                Map.of(),
                List.of(
                    "curl",
                    "-s",
                    "-o",
                    path("v2-apps"),
                    "-w",
                    "%{http_code}",
                    "--cacert",
                    path("ca.pem"),
                    "-u",
                    "deploy:it",
                    services() + "/v2/apps")),
        outcome -> outcome.out().equals("200"),
        "services serves");
  }

  private Path startRole(String name, List<String> flags, List<String> more) throws IOException {
    List<String> command = new ArrayList<>(List.of(Cosm.ROOT.resolve("cosm").toString()));
    command.addAll(flags);
    command.addAll(more);
    command.addAll(
        List.of(
            "--tls_certificate=" + path("host.pem"),
            "--tls_key=" + path("host.key"),
            "--tls_ca=" + path("ca.pem")));
    return start(name, command);
  }

  private Path start(String name, List<String> command) throws IOException {
    Path log = folder.resolve(name + ".log");
    running.add(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start());
    return log;
  }

  private void issueCertificate() throws IOException {
    openssl(
        "-CA",
        path("ca.pem"),
        "-CAkey",
        path("ca.key"),
        "-days",
        "1",
        "-subj",
        "/CN=host",
        "-addext",
        "subjectAltName=IP:" + ADDRESS,
        "-addext",
        "basicConstraints=critical,CA:FALSE",
        "-keyout",
        path("host.key"),
        "-out",
        path("host.pem"));
  }

  private static void openssl(String... arguments) {
    List<String> command =
        new ArrayList<>(List.of("openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-pkeyopt"));
    command.add("ec_paramgen_curve:P-256");
    command.addAll(List.of(arguments));
    Cosm.succeed(command.toArray(String[]::new));
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
