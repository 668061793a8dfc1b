package io.mesocosm.cli.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.cli.client.CommandFailure;
import io.mesocosm.coordination.Election;
import io.mesocosm.coordination.ElectionListener;
import io.mesocosm.coordination.ElectionOptions;
import io.mesocosm.coordination.EmbeddedZooKeeper;
import io.mesocosm.coordination.VersionedStore;
import io.mesocosm.coordination.ZooKeeperAddress;
import io.mesocosm.coordination.ZooKeeperElection;
import io.mesocosm.coordination.ZooKeeperStore;
import io.mesocosm.master.shell.RegistryContent;
import io.mesocosm.master.shell.RegistryFiles;
import io.mesocosm.protocol.registry.RegistryProtos.AdmittedAgent;
import io.mesocosm.protocol.registry.RegistryProtos.AgentMark;
import io.mesocosm.protocol.registry.RegistryProtos.Quotas;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import io.mesocosm.protocol.registry.RegistryProtos.Weights;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.TimeInfo;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.Protos.WeightInfo;
import org.apache.mesos.v1.quota.Protos.QuotaConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RegistryCommandTest {
  private static final Map<String, RegistryRecord> RECORDS = records();

  @TempDir Path folder;
  private EmbeddedZooKeeper zooKeeper;
  private String zk = "";
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void start() throws Exception {
    zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"), "127.0.0.1", 0);
    zk = "zk://" + zooKeeper.connectString();
  }

  @AfterEach
  void stop() {
    zooKeeper.close();
  }

  @Test
  void whatIsExportedIsImportedElsewhere() {
    fill(zk + "/old");

    assertThat(run("export", "--zk=" + zk + "/old", file())).isZero();
    assertThat(out.toString()).contains("4 records exported to");
    assertThat(run("import", "--zk=" + zk + "/new", file())).isZero();

    assertThat(recordsOf(zk + "/new")).isEqualTo(RECORDS);
  }

  @Test
  void aRegistryMovesFromFilesToZooKeeperAndBack() {
    Path one = folder.resolve("one");
    Path other = folder.resolve("other");
    try (RegistryFiles files = RegistryFiles.hold(one)) {
      RECORDS.forEach(
          (name, record) -> files.store().put("/registry/" + name, record.toByteArray()));
    }

    assertThat(run("export", "--work_dir=" + one, file())).isZero();
    assertThat(run("import", "--zk=" + zk + "/mesos", file())).isZero();
    assertThat(run("export", "--zk=" + zk + "/mesos", file())).isZero();
    assertThat(run("import", "--work_dir=" + other, file())).isZero();

    try (RegistryFiles files = RegistryFiles.hold(other)) {
      assertThat(recordsOf(files.store())).isEqualTo(RECORDS);
    }
  }

  @Test
  void theExportIsJsonWithALineARecord() throws Exception {
    fill(zk + "/old");

    assertThat(run("export", "--zk=" + zk + "/old", "-")).isZero();

    assertThat(out.toString().lines())
        .hasSize(6)
        .first()
        .asString()
        .startsWith("{\"kind\":\"mesocosm-registry\",\"format\":1,\"time\":\"")
        .contains("\"count\":4,\"sha256\":\"");
    assertThat(out.toString())
        .contains("{\"name\":\"weights\",\"version\":0,\"record\":{\"weights\":{\"infos\":[");
  }

  @Test
  void aRegistryWithRecordsIsReplacedOnlyIfThatIsMeant() {
    fill(zk + "/old");
    run("export", "--zk=" + zk + "/old", file());
    put(zk + "/new", "agents/obsolete", record(RECORDS, "agents/a-S1"));

    assertThat(run("import", "--zk=" + zk + "/new", file())).isEqualTo(1);
    assertThat(err.toString()).contains("not empty", "1 records", "--replace");
    assertThat(run("import", "--replace", "--zk=" + zk + "/new", file())).isZero();

    assertThat(recordsOf(zk + "/new")).isEqualTo(RECORDS);
  }

  @Test
  void nothingIsImportedWhileAMasterLeads() throws Exception {
    fill(zk + "/old");
    run("export", "--zk=" + zk + "/old", file());
    CountDownLatch leads = new CountDownLatch(1);
    try (Election _ =
        ZooKeeperElection.enter(
            ZooKeeperAddress.parse(zk + "/new"),
            new ElectionOptions("/", "json.info_", Duration.ofSeconds(10)),
            "{\"pid\":\"master@10.0.0.1:5050\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8),
            new Leading(leads))) {
      assertThat(leads.await(20, TimeUnit.SECONDS)).isTrue();

      assertThat(run("import", "--zk=" + zk + "/new", file())).isEqualTo(1);

      assertThat(err.toString()).contains("a master leads", "10.0.0.1:5050", "stop all masters");
      assertThat(recordsOf(zk + "/new")).isEmpty();
    }
  }

  @Test
  void nothingIsImportedIntoTheFilesOfARunningMaster() {
    fill(zk + "/old");
    run("export", "--zk=" + zk + "/old", file());
    Path workDir = folder.resolve("master");
    try (RegistryFiles _ = RegistryFiles.hold(workDir)) {
      assertThat(run("import", "--work_dir=" + workDir, file())).isEqualTo(1);
      assertThat(err.toString()).contains(workDir.toString(), "used by a master", "stop it");
    }
  }

  @Test
  void aDamagedFileIsRefusedAndAnEditedOneTakenIfThatIsMeant() throws Exception {
    fill(zk + "/old");
    run("export", "--zk=" + zk + "/old", file());
    String exported = Files.readString(Path.of(file()));

    Files.writeString(Path.of(file()), exported.substring(0, exported.length() / 2));
    assertThat(run("import", "--zk=" + zk + "/new", file())).isEqualTo(1);
    assertThat(err.toString()).contains("not whole");

    Files.writeString(Path.of(file()), exported.replace("\"weight\":2.5", "\"weight\":3.5"));
    assertThat(run("import", "--zk=" + zk + "/new", file())).isEqualTo(1);
    assertThat(err.toString()).contains("not those that were exported", "--edited");
    assertThat(run("import", "--edited", "--zk=" + zk + "/new", file())).isZero();
    RegistryRecord weights = record(recordsOf(zk + "/new"), "weights");
    assertThat(weights.getWeights().getInfos(0).getWeight()).isEqualTo(3.5);
  }

  @Test
  void aFileOfALaterFormatIsLeftToItsVersion() throws Exception {
    Files.writeString(
        Path.of(file()), "{\"kind\":\"mesocosm-registry\",\"format\":2,\"records\":[]}");

    assertThat(run("import", "--zk=" + zk + "/new", file())).isEqualTo(1);

    assertThat(err.toString()).contains("format 2", "use the version that wrote it");
  }

  @Test
  void onePlaceMustBeGiven() {
    assertThat(run("export", file())).isEqualTo(2);
    assertThat(err.toString()).contains("either --zk or --work_dir");
  }

  private record Leading(CountDownLatch leads) implements ElectionListener {
    @Override
    public void elected(VersionedStore store) {
      leads.countDown();
    }

    @Override
    public void lost(String why) {}

    @Override
    public void leaderChanged(Optional<byte[]> leader) {}
  }

  private int run(String... arguments) {
    CommandLine line = new CommandLine(new RegistryCommand());
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    line.setExecutionExceptionHandler((failure, _, _) -> {
      if (failure instanceof CommandFailure expected) {
        err.append(expected.getMessage()).append('\n');
        return expected.exitCode();
      }
      throw failure;
    });
    return line.execute(arguments);
  }

  private String file() {
    return folder.resolve("registry.json").toString();
  }

  private static void fill(String address) {
    RECORDS.forEach((name, record) -> put(address, name, record));
  }

  private static void put(String address, String name, RegistryRecord record) {
    try (ZooKeeperStore store = ZooKeeperStore.connect(ZooKeeperAddress.parse(address))) {
      store.put("/registry/" + name, record.toByteArray());
    }
  }

  private static Map<String, RegistryRecord> recordsOf(String address) {
    try (ZooKeeperStore store = ZooKeeperStore.connect(ZooKeeperAddress.parse(address))) {
      return recordsOf(store);
    }
  }

  private static Map<String, RegistryRecord> recordsOf(VersionedStore store) {
    return RegistryContent.read(store).stream()
        .collect(Collectors.toMap(RegistryContent.Entry::name, RegistryContent.Entry::record));
  }

  private static Map<String, RegistryRecord> records() {
    Map<String, RegistryRecord> records = new LinkedHashMap<>();
    records.put(
        "weights",
        RegistryRecord.newBuilder()
            .setWeights(
                Weights.newBuilder()
                    .addInfos(WeightInfo.newBuilder().setRole("web").setWeight(2.5)))
            .build());
    records.put(
        "quotas",
        RegistryRecord.newBuilder()
            .setQuotas(
                Quotas.newBuilder()
                    .addConfigs(
                        QuotaConfig.newBuilder()
                            .setRole("web")
                            .putLimits("mem", Value.Scalar.newBuilder().setValue(64).build())
                            .putLimits("cpus", Value.Scalar.newBuilder().setValue(2).build())))
            .build());
    records.put(
        "agents/a-S1",
        RegistryRecord.newBuilder()
            .setAgentMark(
                AgentMark.newBuilder()
                    .setAgentId(AgentID.newBuilder().setValue("a-S1"))
                    .setGone(TimeInfo.newBuilder().setNanoseconds(1_795_000_000_123_456_789L)))
            .build());
    records.put(
        "admitted/a-S2",
        RegistryRecord.newBuilder()
            .setAdmitted(
                AdmittedAgent.newBuilder()
                    .setIp("10.0.0.7")
                    .setInfo(
                        AgentInfo.newBuilder()
                            .setHostname("n7")
                            .setPort(5051)
                            .setId(AgentID.newBuilder().setValue("a-S2"))))
            .build());
    return Map.copyOf(records);
  }

  private static RegistryRecord record(Map<String, RegistryRecord> records, String name) {
    return Optional.ofNullable(records.get(name)).orElseThrow();
  }
}
