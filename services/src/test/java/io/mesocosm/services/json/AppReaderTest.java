package io.mesocosm.services.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.app.Constraint.Operator;
import io.mesocosm.services.app.Container;
import io.mesocosm.services.app.HealthCheck;
import io.mesocosm.services.app.KillSelection;
import io.mesocosm.services.app.Network;
import io.mesocosm.services.app.PortDefinition;
import io.mesocosm.services.app.PortMapping;
import io.mesocosm.services.app.Protocol;
import io.mesocosm.services.app.UnreachableStrategy;
import io.mesocosm.services.app.UpgradeStrategy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AppReaderTest {
  private static final String NGINX =
      """
      {"id":"nginx","cpus":0.2,"mem":20.0,"instances":1,"constraints":[["hostname","UNIQUE",""]],\
      "container":{"type":"DOCKER","docker":{"image":"nginx","network":"BRIDGE","portMappings":\
      [{"containerPort":80,"hostPort":0,"servicePort":0,"protocol":"tcp"}]}}}\
      """;

  private final AppReader reader = new AppReader("*");

  private static JsonNode json(String text) {
    // Single quotes keep the corpus readable.
    return Json.parse(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private AppDefinition read(String text) {
    return reader.read(json(text));
  }

  private AppDefinition readWith(String fields) {
    return read("{'id':'/a','cmd':'x'" + (fields.isEmpty() ? "" : "," + fields) + "}");
  }

  private Map<String, List<String>> problems(int status, String text) {
    InvalidRequestException e =
        catchThrowableOfType(InvalidRequestException.class, () -> read(text));
    assertThat(e).as(text).isNotNull();
    assertThat(e.status()).as(e.errorsByPath().toString()).isEqualTo(status);
    return e.errorsByPath();
  }

  @Test
  void nginxOfTheTutorialIsReadAsItIs() {
    AppDefinition app = reader.read(Json.parse(NGINX.getBytes(StandardCharsets.UTF_8)));

    assertThat(app.id()).isEqualTo(new AppId("/nginx"));
    assertThat(app.cpus()).isEqualTo(0.2);
    assertThat(app.mem()).isEqualTo(20);
    assertThat(app.constraints())
        .containsExactly(new Constraint("hostname", Operator.UNIQUE, Optional.empty()));
    assertThat(app.networkMode()).isEqualTo(Network.Mode.BRIDGE);
    assertThat(app.container().flatMap(Container::docker).orElseThrow().image()).isEqualTo("nginx");
    PortMapping mapping = app.portMappings().getFirst();
    assertThat(mapping.containerPort()).isEqualTo(80);
    assertThat(mapping.hostPort()).contains(0);
    assertThat(mapping.servicePort()).isZero();
    assertThat(mapping.protocol()).isEqualTo(Protocol.TCP);
    assertThat(app.portDefinitions()).isEmpty();
  }

  @Test
  void whatIsNotSaidHasTheDefaultsOfTheApi() {
    AppDefinition app = readWith("");

    assertThat(app.instances()).isEqualTo(1);
    assertThat(app.cpus()).isEqualTo(1);
    assertThat(app.mem()).isEqualTo(128);
    assertThat(app.disk()).isZero();
    assertThat(app.role()).contains("*");
    assertThat(app.backoff()).isEqualTo(Duration.ofSeconds(1));
    assertThat(app.backoffFactor()).isEqualTo(1.15);
    assertThat(app.maxLaunchDelay()).isEqualTo(Duration.ofSeconds(300));
    assertThat(app.upgradeStrategy()).isEqualTo(new UpgradeStrategy(1, 1));
    assertThat(app.killSelection()).isEqualTo(KillSelection.YOUNGEST_FIRST);
    assertThat(app.unreachableStrategy()).isEqualTo(UnreachableStrategy.USUAL);
    assertThat(app.networkMode()).isEqualTo(Network.Mode.HOST);
    assertThat(app.portDefinitions()).hasSize(1);
    assertThat(app.portDefinitions().getFirst().name()).contains("default");
    assertThat(app.version()).isEqualTo(AppDefinition.UNVERSIONED);
  }

  @Test
  void whatIsWrittenReadsTheSame() {
    for (String text : List.of(NGINX, FULL, FULL_DOCKER)) {
      AppDefinition app = read(text.replace('"', '\''));

      assertThat(reader.read(AppWriter.write(app))).isEqualTo(app);
    }
  }

  private static final String FULL =
      """
      {'id':'/shop/cart','cmd':'run','user':'www','role':'shop','env':{'A':'1'},'labels':{'k':'v'},
       'instances':3,'cpus':0.5,'mem':64,'disk':10,'constraints':[['rack','GROUP_BY','2'],
       ['@zone','CLUSTER'],['os','LIKE','li.*'],['x','UNLIKE','y'],['hostname','MAX_PER','2'],
       ['rack','IS','r-1']],'acceptedResourceRoles':['*','shop'],
       'portDefinitions':[{'port':10001,'protocol':'udp,tcp','name':'web','labels':{'VIP_0':'/x:1'}}],
       'requirePorts':true,
       'healthChecks':[{'protocol':'HTTP','path':'/health','portIndex':0,'gracePeriodSeconds':3,
         'intervalSeconds':4,'timeoutSeconds':5,'maxConsecutiveFailures':0},
         {'protocol':'COMMAND','command':{'value':'true'}}],
       'backoffSeconds':2,'backoffFactor':2,'maxLaunchDelaySeconds':60,
       'taskKillGracePeriodSeconds':7,
       'upgradeStrategy':{'minimumHealthCapacity':0.5,'maximumOverCapacity':0.25},
       'killSelection':'OLDEST_FIRST',
       'unreachableStrategy':{'inactiveAfterSeconds':30,'expungeAfterSeconds':60},
       'dependencies':['db','/other']}\
      """;

  private static final String FULL_DOCKER =
      """
      {'id':'/d','args':['a','b'],'unreachableStrategy':'disabled','networks':[{'mode':'container/bridge'}],
       'container':{'type':'DOCKER','docker':{'image':'x:1','forcePullImage':true,'privileged':true,
         'parameters':[{'key':'cap-add','value':'NET_ADMIN'}]},
         'volumes':[{'containerPath':'/c','hostPath':'/h','mode':'RO'}],
         'portMappings':[{'containerPort':80,'servicePort':10002,'name':'http','labels':{'a':'b'}}]},
       'healthChecks':[{'protocol':'TCP','port':8080}]}\
      """;

  @Test
  void dependenciesAreRelativeToTheGroupOfTheApp() {
    assertThat(read(FULL).dependencies())
        .containsExactly(new AppId("/other"), new AppId("/shop/db"));
  }

  @Test
  void portsOfOldBecomePortDefinitions() {
    assertThat(readWith("'ports':[8080,0]").servicePorts()).containsExactly(8080, 0);
    assertThat(readWith("'ports':[]").portDefinitions()).isEmpty();
    assertThat(readWith("'ports':[5],'portDefinitions':[{'port':5}]").servicePorts())
        .containsExactly(5);
    assertThat(problems(422, "{'id':'a','cmd':'x','ports':[5],'portDefinitions':[{'port':6}]}"))
        .containsEntry("/", List.of("cannot specify both ports and port definitions"));
  }

  @Test
  void dockerNetworksOfOldBecomeNetworks() {
    String container = "'container':{'docker':{'image':'i','network':'%s'}}";

    assertThat(readWith(container.formatted("HOST")).networkMode()).isEqualTo(Network.Mode.HOST);
    AppDefinition bridged = readWith(container.formatted("BRIDGE"));
    assertThat(bridged.networkMode()).isEqualTo(Network.Mode.BRIDGE);
    assertThat(bridged.portMappings()).hasSize(1);
    assertThat(problems(422, "{'id':'a','cmd':'x'," + container.formatted("NONE") + "}"))
        .containsKey("/container/docker/network");
  }

  @Test
  void servicePortsThatEarlierReleasesAnsweredBesideMappingsAreNoConflict() {
    AppDefinition app = read(NGINX.replace('"', '\'').replace("'cpus'", "'ports':[10000],'cpus'"));

    assertThat(app.portMappings()).hasSize(1);
    assertThat(app.portDefinitions()).isEmpty();
  }

  @Test
  void anEmptyListOfDownloadsIsNoDownload() {
    assertThat(readWith("'uris':[],'fetch':[]").id()).isEqualTo(new AppId("/a"));
  }

  @Test
  void fieldsThatNobodyKnowsAndNullsArePassedOver() {
    assertThat(readWith("'tomorrow':1,'user':null,'container':null").user()).isEmpty();
  }

  @Test
  void noPortsAtAllCanBeSaid() {
    AppDefinition app = readWith("'portDefinitions':[]");

    assertThat(app.portDefinitions()).isEqualTo(List.<PortDefinition>of());
  }

  @Test
  void aCheckWithoutPortTakesTheFirst() {
    HealthCheck check = readWith("'healthChecks':[{'path':'/'}]").healthChecks().getFirst();

    assertThat(check.kind()).isEqualTo(HealthCheck.Kind.HTTP);
    assertThat(check.portIndex()).contains(0);
    assertThat(check.interval()).isEqualTo(Duration.ofSeconds(60));
    assertThat(check.gracePeriod()).isEqualTo(Duration.ofSeconds(300));
  }

  @Test
  void singleInstanceAppsAreNeverTwice() {
    String label = "'labels':{'MARATHON_SINGLE_INSTANCE_APP':'true'}";

    assertThat(readWith(label).upgradeStrategy()).isEqualTo(new UpgradeStrategy(0, 0));
    assertThat(problems(422, "{'id':'a','cmd':'x','instances':2," + label + "}"))
        .containsEntry("/", List.of("Single instance app may only have one instance"));
    assertThat(problems(422, "{'id':'a','cmd':'x','upgradeStrategy':{}," + label + "}"))
        .containsKeys(
            "/upgradeStrategy/minimumHealthCapacity", "/upgradeStrategy/maximumOverCapacity");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'cpus':'1' | /cpus | error.expected.jsnumber",
        "'instances':1.5 | /instances | error.expected.int",
        "'cmd':7 | /cmd | error.expected.jsstring",
        "'args':'x' | /args | error.expected.jsarray",
        "'args':[1] | /args(0) | error.expected.jsstring",
        "'env':{'A':1} | /env/A | error.expected.jsstring",
        "'container':[] | /container | error.expected.jsobject",
        "'container':{'docker':{}} | /container/docker/image | error.path.missing",
        "'requirePorts':'yes' | /requirePorts | error.expected.jsboolean",
        "'constraints':['x'] | /constraints(0) | error.expected.jsarray",
        "'healthChecks':[{'portIndex':'0'}] | /healthChecks(0)/portIndex | error.expected.jsnumber",
        "'portDefinitions':[5] | /portDefinitions(0) | error.expected.jsobject",
      })
  void aValueOfAnotherTypeIsUnreadable(String fields, String path, String code) {
    assertThat(problems(400, "{'id':'/a'," + fields + "}")).containsEntry(path, List.of(code));
  }

  @Test
  void withoutIdNothingIsRead() {
    assertThat(problems(400, "{'cmd':'x'}")).containsEntry("/id", List.of("error.path.missing"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{'id':'a'}}", "[]", "nonsense"})
  void whatIsNoJsonObjectIsUnreadable(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("Invalid JSON");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'instances':-1 | /instances",
        "'cpus':0 | /cpus",
        "'mem':-1 | /mem",
        "'disk':-1 | /disk",
        "'gpus':-1 | /gpus",
        "'backoffFactor':0.5 | /backoffFactor",
        "'backoffSeconds':-1 | /backoffSeconds",
        "'acceptedResourceRoles':[] | /acceptedResourceRoles",
        "'acceptedResourceRoles':['other'] | /acceptedResourceRoles",
        "'role':'other' | /role",
        "'args':['x'] | /",
        "'upgradeStrategy':{'minimumHealthCapacity':1.1} | /upgradeStrategy/minimumHealthCapacity",
        "'upgradeStrategy':{'maximumOverCapacity':-1} | /upgradeStrategy/maximumOverCapacity",
        "'killSelection':'RANDOM' | /killSelection",
        "'unreachableStrategy':'never' | /unreachableStrategy",
        "'unreachableStrategy':{'inactiveAfterSeconds':9,'expungeAfterSeconds':1} | /unreachableStrategy/inactiveAfterSeconds",
        "'dependencies':['/a'] | /dependencies(0)",
        "'dependencies':['/B'] | /dependencies(0)",
        "'portDefinitions':[{'port':5},{'port':5}] | /portDefinitions",
        "'portDefinitions':[{'name':'x'},{'name':'x'}] | /portDefinitions",
        "'portDefinitions':[{'port':70000}] | /portDefinitions(0)/port",
        "'portDefinitions':[{'name':'X_'}] | /portDefinitions(0)/name",
        "'portDefinitions':[{'protocol':'sctp'}] | /portDefinitions(0)/protocol",
        "'ports':[5,5] | /ports",
        "'networks':[{'mode':'host','name':'n'}] | /networks",
        "'networks':[{'mode':'host'},{'mode':'host'}] | /networks",
        "'networks':[{'mode':'galaxy'}] | /networks(0)/mode",
        "'networks':[{'mode':'container/bridge'}],'portDefinitions':[{'port':0}],'container':{'docker':{'image':'i'}} | /",
        "'container':{'docker':{'image':'i'},'portMappings':[{'containerPort':1}]} | /",
        "'container':{'type':'DOCKER'} | /container/docker",
        "'container':{'type':'ROCKET'} | /container/type",
        "'container':{'docker':{'image':''}} | /container/docker/image",
        "'container':{'docker':{'image':'i','credential':{'principal':'p'}}} | /container/docker/credential",
        "'container':{'docker':{'image':'i'},'volumes':[{'hostPath':'/h'}]} | /container/volumes(0)/containerPath",
        "'container':{'docker':{'image':'i','network':'BRIDGE'}},'networks':[{'mode':'host'}] | /",
        "'gpus':1,'container':{'docker':{'image':'i'}} | /",
        "'healthChecks':[{'portIndex':1}] | /healthChecks(0)",
        "'healthChecks':[{'port':1,'portIndex':0}] | /healthChecks(0)",
        "'healthChecks':[{'protocol':'COMMAND'}] | /healthChecks(0)/command",
        "'healthChecks':[{'protocol':'MESOS_TCP'},{'protocol':'MESOS_HTTP'}] | /",
        "'healthChecks':[{'intervalSeconds':0}] | /healthChecks(0)/intervalSeconds",
        "'constraints':[['hostname']] | /constraints(0)",
        "'constraints':[['hostname','NEAR']] | /constraints(0)",
        "'constraints':[['hostname','UNIQUE','x']] | /constraints(0)",
        "'constraints':[['hostname','MAX_PER']] | /constraints(0)",
        "'constraints':[['hostname','MAX_PER','many']] | /constraints(0)",
        "'constraints':[['hostname','GROUP_BY','x']] | /constraints(0)",
        "'constraints':[['hostname','LIKE']] | /constraints(0)",
        "'constraints':[['hostname','LIKE','[']] | /constraints(0)",
        "'constraints':[['hostname','IS','a b']] | /constraints(0)",
        "'ipAddress':{},'networks':[{'mode':'host'}] | /",
        "'uris':['x'],'fetch':[{'uri':'y'}] | /uris",
      })
  void aRuleThatIsBrokenIsNamedByItsPath(String fields, String path) {
    assertThat(problems(422, "{'id':'/a','cmd':'x'," + fields + "}")).containsKey(path);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'container':{'docker':{'image':'i','network':'NONE'}} | /container/docker/network",
        "'container':{'type':'MESOS','appc':{'image':'i'}} | /container/appc",
        "'healthChecks':[{'protocol':'COMMAND','command':{'value':'a'}},{'protocol':'MESOS_TCP'}] | /healthChecks",
      })
  void whatCannotBeHonouredIsRefusedByName(String fields, String path) {
    assertThat(problems(422, "{'id':'/a','cmd':'x'," + fields + "}")).containsKey(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/A",
        "/a_b",
        "/-a",
        "/a-",
        "/a b",
        "/a/restart",
        "/tasks",
        "/x/versions",
        "/a/../b",
        "/a/./b",
        "/a%2Fb",
        "/\uff41\uff42",
        "/caf\u00e9",
        "/a\\u0000b",
        "/a\\b",
        "/a\u202eb"
      })
  void idsHaveTheLettersOfHostNames(String id) {
    assertThat(problems(422, "{'id':'" + id + "','cmd':'x'}")).containsOnlyKeys("/id");
  }

  @Test
  void theRootIsNoApp() {
    assertThat(problems(422, "{'id':'/','cmd':'x'}"))
        .containsEntry("/id", List.of("Path must contain at least one path element"));
  }

  @Test
  void withoutCommandOrImageThereIsNothingToRun() {
    assertThat(problems(422, "{'id':'/a'}"))
        .containsEntry(
            "/",
            List.of(
                "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'."));
  }

  @Test
  void anEmptyCommandIsNone() {
    assertThat(problems(422, "{'id':'/a','cmd':''}"))
        .containsEntry("/cmd", List.of("must not be an empty string"));
  }

  @Test
  void ofAFieldThatIsThereTwiceTheLastCounts() {
    assertThat(readWith("'cpus':1,'cpus':2").cpus()).isEqualTo(2);
  }

  @Test
  void allThatIsWrongIsSaidAtOnce() {
    assertThat(problems(422, "{'id':'/A','cmd':'x','cpus':-1,'constraints':[['x']]}"))
        .containsOnlyKeys("/id", "/cpus", "/constraints(0)");
  }
}
