package io.mesocosm.services.matching;

import static io.mesocosm.services.matching.PodLaunches.endpoint;
import static io.mesocosm.services.matching.PodLaunches.net;
import static io.mesocosm.services.matching.PodLaunches.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.matching.PodLaunches.Draft;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PodPortsTest {
  @Test
  void wantedPortsFollowTheEndpoints() {
    Draft web = new Draft("web");
    web.endpoints =
        List.of(
            endpoint("a", Optional.of(80), Optional.of(0)),
            endpoint("b", Optional.of(81), Optional.empty()));
    Draft side = new Draft("side");
    side.endpoints = List.of(endpoint("c", Optional.of(82), Optional.of(8080)));
    PodDefinition pod = pod(List.of(net("n")), List.of(), web, side);

    assertThat(PodPorts.wanted(pod)).containsExactly(0, PortAssigner.NONE, 8080);
    assertThat(PodPorts.place(pod, List.of(9000, PortAssigner.NONE, 8080)))
        .extracting(PodPorts.PlacedEndpoint::hostPort, PodPorts.PlacedEndpoint::containerPort)
        .containsExactly(tuple(9000, 80), tuple(PortAssigner.NONE, 81), tuple(8080, 82));
  }
}
