using AppHost;

var builder = DistributedApplication.CreateBuilder(args);
var platform = PlatformOptions.Of(builder);
var secrets = new Secrets(builder);
builder.AddPublishing(platform);

// Servers: containers, or with Infrastructure:Mode=existing connection strings to servers that run already.
var postgres = builder.AddPostgresServer(platform);
var directoryDb = postgres.AddServiceDatabase("directory");
var inboundsmsDb = postgres.AddServiceDatabase("inboundsms");
var notificationDb = postgres.AddServiceDatabase("notification");
var broadcastDb = postgres.AddServiceDatabase("broadcast");
var rabbitmq = builder.AddBroker(platform, secrets);
var redis = builder.AddSearchIndex(platform);

// The one door. What stands behind it follows at the end, because Kannel and Notification need the door's address first.
var gateway = builder.AddProject<Projects.Gateway>("gateway", launchProfileName: null)
    .AsProgram(port: platform.GatewayPort)
    .WithExternalHttpEndpoints()
    .WithUrlForEndpoint("http", url => url.DisplayText = "Gateway");
var kannel = builder.AddKannel(platform, secrets, gateway);

// Tasks: the owner role migrates once per start, before the runtime role serves.
var directoryMigration = builder.AddProject<Projects.Directory>("directory-migration", launchProfileName: null).AsMigrationOf(directoryDb, rabbitmq);
var inboundsmsMigration = builder.AddProject<Projects.InboundSms>("inboundsms-migration", launchProfileName: null).AsMigrationOf(inboundsmsDb, rabbitmq);
var notificationMigration = builder.AddProject<Projects.Notification>("notification-migration", launchProfileName: null).AsMigrationOf(notificationDb, rabbitmq);
var broadcastMigration = builder.AddProject<Projects.Broadcast>("broadcast-migration", launchProfileName: null).AsMigrationOf(broadcastDb, rabbitmq);
var firstAdministrator = builder.AddProject<Projects.Directory>("first-administrator", launchProfileName: null)
    .AsTask("--first-administrator")
    .WithReference(directoryDb.Runtime, "directory")
    .WithReference(rabbitmq, "rabbitmq")
    .WithEnvironment("ADMIN_LOGIN", secrets.AdminLogin)
    .WithEnvironment("ADMIN_PASSWORD", secrets.AdminPassword)
    .WithEnvironment("Tokens__KeyPassword", secrets.TokenKeyPassword)
    .WaitForCompletion(directoryMigration);
if (platform.Demonstration)
    firstAdministrator.WithEnvironment("ADMIN_TOTP_SECRET", secrets.AdminTotpSecret);

// Services.
var directory = builder.AddProject<Projects.Directory>("directory", launchProfileName: null)
    .AsService(platform)
    .WithReference(directoryDb.Runtime, "directory")
    .WithReference(rabbitmq, "rabbitmq")
    .WithEnvironment("Tokens__KeyPassword", secrets.TokenKeyPassword)
    .WithEnvironment("NoticePhones__CityNumbers__0", secrets.CityNumber)
    .WaitForCompletion(directoryMigration)
    .WaitFor(rabbitmq);
var inboundsms = builder.AddProject<Projects.InboundSms>("inboundsms", launchProfileName: null)
    .AsService(platform)
    .WithReference(inboundsmsDb.Runtime, "inboundsms")
    .WithReference(rabbitmq, "rabbitmq")
    .WithSmsChannels(platform, secrets)
    .WithEnvironment("WebForm__Key", secrets.WebFormKey)
    .WithEnvironment("Privacy__PseudonymKey", secrets.PseudonymKey)
    .WithEnvironment("Routing__BroadcastCode", secrets.BroadcastCode)
    .WithSpool()
    .WaitForCompletion(inboundsmsMigration)
    .WaitFor(rabbitmq);
var notification = builder.AddProject<Projects.Notification>("notification", launchProfileName: null)
    .AsService(platform)
    .WithReference(notificationDb.Runtime, "notification")
    .WithReference(rabbitmq, "rabbitmq")
    .WithSmsChannels(platform, secrets)
    .WithSmsSending(platform, kannel, secrets)
    .WithEnvironment("Callbacks__Key", secrets.CallbackKey)
    .WaitForCompletion(notificationMigration)
    .WaitFor(rabbitmq);
var broadcast = builder.AddProject<Projects.Broadcast>("broadcast", launchProfileName: null)
    .AsService(platform)
    .WithReference(broadcastDb.Runtime, "broadcast")
    .WithReference(rabbitmq, "rabbitmq")
    // Who answers a broadcast is known by the same pseudonym in both services, and an answer by the same word.
    .WithEnvironment("Privacy__PseudonymKey", secrets.PseudonymKey)
    .WithEnvironment("Receiving__AnswerCode", secrets.BroadcastCode)
    .WaitForCompletion(broadcastMigration)
    .WaitFor(rabbitmq);
if (redis is not null)
    inboundsms.WithReference(redis, "redis");
if (platform.Demonstration)
    // A demonstration shows an answer at once; a real city leaves a day to object.
    inboundsms.WithEnvironment("Publishing__Delay", "00:00:00");

gateway
    .WithReference(directory).WaitFor(directory)
    .WithReference(inboundsms).WaitFor(inboundsms)
    .WithReference(notification).WaitFor(notification)
    .WithReference(broadcast).WaitFor(broadcast)
    .WithUrl($"{gateway.GetEndpoint("http")}/docs", "API reference")
    .WithUrl($"{gateway.GetEndpoint("http")}/publik/api/messages", "Public feed");

// At hand in the dashboard, not published: the demonstration city and three buttons.
if (builder.ExecutionContext.IsRunMode)
{
    var city = builder.AddExecutable("demonstration-city", "node", "../deploy/demo", "load.mjs", "city.json")
        .WithEnvironment("GATEWAY_URL", gateway.GetEndpoint("http"))
        .WithEnvironment("ADMIN_LOGIN", secrets.AdminLogin)
        .WithEnvironment("ADMIN_PASSWORD", secrets.AdminPassword)
        .WithEnvironment("ADMIN_TOTP_SECRET", secrets.AdminTotpSecret)
        .WithEnvironment("OFFICIAL_LOGIN", secrets.OfficialLogin)
        .WithEnvironment("OFFICIAL_PASSWORD", secrets.OfficialPassword)
        .WithEnvironment("CHAIR_LOGIN", secrets.ChairLogin)
        .WithEnvironment("CHAIR_PASSWORD", secrets.ChairPassword)
        .WaitForCompletion(firstAdministrator)
        .WaitFor(gateway)
        .WithExplicitStart();
    gateway.WithDashboardCommands(city, secrets);
}

await builder.Build().RunAsync();
