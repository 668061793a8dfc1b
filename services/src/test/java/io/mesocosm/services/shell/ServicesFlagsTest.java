package io.mesocosm.services.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.coordination.ZooKeeperAddress;
import io.mesocosm.services.ServicesConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServicesFlagsTest {
  @Test
  void defaultsAreThoseOfMarathon() {
    ServicesOptions options = ServicesOptions.parse(List.of("--master=m1:5050,m2:5050"));

    assertThat(options.masters())
        .isEqualTo(
            new MasterPlace.Fixed(
                List.of(URI.create("http://m1:5050"), URI.create("http://m2:5050"))));
    assertThat(options.ha())
        .isEqualTo(
            new HighAvailability(
                true, Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(10)));
    assertThat(options.http().port()).isEqualTo(8080);
    assertThat(options.zk()).isEqualTo("zk://localhost:2181/marathon");
    ServicesConfig config = options.config();
    ServicesConfig defaults = ServicesConfig.defaults();
    assertThat(config.frameworkName()).isEqualTo(defaults.frameworkName());
    assertThat(config.failoverTimeout()).isEqualTo(Duration.ofDays(7));
    assertThat(config.declineDuration()).isEqualTo(defaults.declineDuration());
    assertThat(config.reviveIntervalMin()).isEqualTo(defaults.reviveIntervalMin());
    assertThat(config.launchTimeout()).isEqualTo(defaults.launchTimeout());
    assertThat(config.reconciliationInterval()).isEqualTo(defaults.reconciliationInterval());
    assertThat(config.gpus()).isFalse();
    assertThat(config.user()).isNotEmpty();
  }

  @Test
  void theConsoleOfTheMasterLinksToUs() {
    ServicesOptions options = ServicesOptions.parse(List.of("--master=m:1", "--hostname=h"));

    assertThat(options.configServedAt(81).webUi()).contains("http://h:81");
  }

  @Test
  void whatCannotBeDoneIsRefused() {
    assertThatThrownBy(() ->
            ServicesOptions.parse(
                List.of("--master=m", "--enable_features=secrets", "--nothing=false")))
        .hasMessageContaining("host:port of each master, separated by commas, or zk://")
        .hasMessageContaining("secrets is not supported yet")
        .hasMessageContaining("unknown flag --nothing");
    assertThatThrownBy(() -> ServicesOptions.parse(List.of()))
        .hasMessageContaining("--master is required");
  }

  @Test
  void masterIsFoundInZooKeeperWhoseAddressMayBeInAFile(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("zk"), "zk://me:secret@a:2181,b:2181/mesos\n");

    ServicesOptions options = ServicesOptions.parse(List.of("--master=file://" + file));

    assertThat(options.masters())
        .isEqualTo(
            new MasterPlace.Elected(ZooKeeperAddress.parse("zk://me:secret@a:2181,b:2181/mesos")));
    assertThat(options.flagTexts().get("master")).isEqualTo("zk://me:***@a:2181,b:2181/mesos");
    assertThat(options.toString()).doesNotContain("secret");
  }

  @Test
  void withoutRivalsThereIsNoContest() {
    assertThat(ServicesOptions.parse(List.of("--master=m:1", "--ha=false")).contest()).isEmpty();
    assertThat(ServicesOptions.parse(List.of("--master=m:1")).contest()).isPresent();
  }

  @Test
  void gpusAreAFeature() {
    assertThat(
            ServicesOptions.parse(List.of("--master=m:1", "--enable_features=vips,gpu_resources"))
                .config()
                .gpus())
        .isTrue();
  }
}
