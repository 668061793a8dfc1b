package io.mesocosm.services.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Network;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AppUpdatesTest {
  private final AppReader reader = new AppReader("*");
  private final AppUpdates updates = new AppUpdates(reader);
  private final AppDefinition present =
      reader
          .read(json("{'id':'/a','cmd':'x','cpus':0.5,'labels':{'k':'v'}}"))
          .withServicePorts(List.of(10007));

  private static JsonNode json(String text) {
    return Json.parse(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whatIsNotSaidStays() {
    AppDefinition merged = updates.merged(present, json("{'instances':4,'cmd':null}"));

    assertThat(merged).isEqualTo(present.withInstances(4));
  }

  @Test
  void whatIsSaidReplacesTheWholeField() {
    AppDefinition merged = updates.merged(present, json("{'labels':{'n':'w'}}"));

    assertThat(merged.labels()).containsOnlyKeys("n");
  }

  @Test
  void whatWasAnsweredMayComeBack() {
    JsonNode update =
        json(
            "{'id':'a','instances':2,'tasksRunning':1,'tasks':[],'deployments':[],'versionInfo':{}}");

    assertThat(updates.merged(present, update).instances()).isEqualTo(2);
  }

  @Test
  void anotherKindOfNetworkStartsAfreshWithPorts() {
    AppDefinition bridged =
        updates.merged(present, json("{'container':{'docker':{'image':'i','network':'BRIDGE'}}}"));

    assertThat(bridged.networkMode()).isEqualTo(Network.Mode.BRIDGE);
    assertThat(bridged.portDefinitions()).isEmpty();
    AppDefinition back = updates.merged(bridged, json("{'networks':[{'mode':'host'}]}"));
    assertThat(back.networkMode()).isEqualTo(Network.Mode.HOST);
    assertThat(back.portMappings()).isEmpty();
  }

  @Test
  void newBoundsMoveTheNumberOfInstancesIntoThem() {
    String bounds = "'autoscale':{'min':3,'max':5,'target':{'cpuPercent':50}}";

    assertThat(updates.merged(present, json("{" + bounds + "}")).instances()).isEqualTo(3);
    assertThat(updates.merged(present.withInstances(4), json("{" + bounds + "}")).instances())
        .isEqualTo(4);
    assertThatThrownBy(() -> updates.merged(present, json("{'instances':9," + bounds + "}")))
        .hasMessage("Object is not valid");
  }

  @Test
  void oldFormsMayComeInUpdatesToo() {
    AppDefinition merged =
        updates.merged(present, json("{'uris':['a.zip'],'ipAddress':{'networkName':'n'}}"));

    assertThat(merged.fetch()).hasSize(1);
    assertThat(merged.networkMode()).isEqualTo(Network.Mode.CONTAINER);
    assertThat(merged.portMappings()).hasSize(1);
  }

  @Test
  void aVersionAloneGoesBackToIt() {
    assertThat(AppUpdates.rollback(json("{'version':'2014-03-01T23:29:30.158Z'}")))
        .contains(Instant.parse("2014-03-01T23:29:30.158Z"));
    assertThat(AppUpdates.rollback(json("{'instances':1}"))).isEmpty();
    assertThatThrownBy(
            () -> AppUpdates.rollback(json("{'version':'2014-03-01T23:29:30.158Z','instances':1}")))
        .hasMessage("Object is not valid");
  }

  @Test
  void theIdStays() {
    assertThatThrownBy(() -> updates.complete(new AppId("/a"), json("{'id':'/b','cmd':'x'}")))
        .isInstanceOfSatisfying(
            InvalidRequestException.class,
            e -> assertThat(e.errorsByPath()).containsOnlyKeys("/id"));
  }
}
