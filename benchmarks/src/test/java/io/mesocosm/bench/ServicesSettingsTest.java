package io.mesocosm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.bench.ServicesSettings.Part;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ServicesSettingsTest {
  @Test
  void everythingIsMeasuredUnlessPartsAreNamed() {
    assertThat(Part.values()).allMatch(new ServicesSettings()::measures);

    ServicesSettings some = parse("--parts=READS,FAILOVER");

    assertThat(some.measures(Part.READS)).isTrue();
    assertThat(some.measures(Part.APPS)).isFalse();
  }

  @Test
  void theProfileIsOfServicesUnlessRolesAreNamed() {
    assertThat(parse().profiled()).isEmpty();
    assertThat(parse("--profile").profiled()).containsExactly("services");
    assertThat(parse("--profile=master,zookeeper").profiled())
        .containsExactly("master", "zookeeper");
  }

  @Test
  void theGoalsOfTheIssueAreTheUsualSizes() {
    assertThat(parse().apps()).isEqualTo(1000);
    assertThat(parse().instances()).containsExactly(10_000, 100_000);
    assertThat(parse("--instances=500").instances()).containsExactly(500);
  }

  private static ServicesSettings parse(String... arguments) {
    ServicesSettings settings = new ServicesSettings();
    new CommandLine(CommandLine.Model.CommandSpec.create())
        .addMixin("services", settings)
        .parseArgs(arguments);
    return settings;
  }
}
