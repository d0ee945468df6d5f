using System.Diagnostics;
using MassTransit;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using ServiceDefaults.SignIn;

namespace Testing;

/// <summary>
/// One or more instances of a service, each the service's own Program, on a database and a virtual host of its own, with the clock of the test.
/// </summary>
/// <typeparam name="TMarker">Any type of the service's assembly.</typeparam>
public abstract class ServiceFixture<TMarker>(string service) : IAsyncDisposable, Xunit.IAsyncLifetime
    where TMarker : class
{
    private readonly List<WebApplicationFactory<TMarker>> _instances = [];
    private readonly List<Process> _processes = [];

    /// <summary>Address and name of its virtual host: its own, or the one of another service's fixture that it is to work with.</summary>
    public (string Address, string Name) Broker { get; private set; }
    public (string Address, string Name)? SharedBroker { get; init; }
    public TestDatabase Database { get; private set; } = null!;
    public string VirtualHost => Broker.Name;
    /// <summary>The wires of this service's instances to its servers.</summary>
    public FaultyLink DatabaseLink { get; } = new(Servers.Port("POSTGRES_PORT"));
    public FaultyLink BrokerLink { get; } = new(Servers.Port("AMQP_PORT"));
    public TestSignIn SignIn { get; } = new();
    public FakeClock Clock { get; } = new(new DateTimeOffset(2026, 1, 5, 2, 0, 0, TimeSpan.Zero));
    public IServiceProvider Services => _instances[0].Services;
    public IReadOnlyList<IServiceProvider> Instances => _instances.ConvertAll(instance => instance.Services);

    /// <summary>Where the service finds its database: at the end of the wire.</summary>
    protected virtual int DatabasePort => DatabaseLink.Port;

    /// <summary>Settings of the service beside its connection strings.</summary>
    protected virtual IEnumerable<KeyValuePair<string, string?>> Settings => [];

    /// <summary>InboundSms and Notification do not start without theirs; a fixture can say otherwise.</summary>
    private static IEnumerable<KeyValuePair<string, string?>> Keys =>
        new[] { "Callbacks:Key", "WebForm:Key", "Privacy:PseudonymKey" }.Select(name => new KeyValuePair<string, string?>(name, "only for tests, 32 characters at least"));

    /// <summary>What a test adds to the service's own registrations.</summary>
    protected virtual void Configure(IServiceCollection services)
    {
    }

    public virtual async ValueTask InitializeAsync()
    {
        Broker = SharedBroker ?? await Servers.CreateVirtualHostAsync();
        Database = await TestDatabase.CreateAsync(service, typeof(TMarker).Assembly);
        await SignIn.PublishAsync(Database, Clock.GetUtcNow());
        await StartInstanceAsync();
    }

    /// <summary>Starts an instance, the first or one more beside it, and waits until it is ready.</summary>
    public async Task<HttpClient> StartInstanceAsync()
    {
        var instance = new WebApplicationFactory<TMarker>().WithWebHostBuilder(host =>
        {
            host.UseContentRoot(AppContext.BaseDirectory);
            host.UseSetting($"ConnectionStrings:{service}", Database.RuntimeAt(DatabasePort));
            host.UseSetting("ConnectionStrings:rabbitmq", new UriBuilder(Broker.Address) { Port = BrokerLink.Port }.Uri.AbsoluteUri);
            foreach (var (key, value) in Keys.Concat(Settings))
                host.UseSetting(key, value);
            // Only why a host ended by itself: what the tests after it say would not tell.
            host.ConfigureLogging(logging => logging.ClearProviders().AddConsole()
                .AddFilter<ConsoleLoggerProvider>((category, level) => level >= LogLevel.Error && category == "Microsoft.Extensions.Hosting.Internal.Host"));
            host.ConfigureServices(services =>
            {
                services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
                Configure(services);
            });
        });
        instance.UseKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        instance.StartServer();
        _instances.Add(instance);
        var client = instance.CreateClient();
        await Eventually.TrueAsync(async () => (await client.GetAsync("/health/ready")).IsSuccessStatusCode);
        await BusIsHealthyAsync();
        return client;
    }

    /// <summary>An instance that can be killed: a process of its own, which lives by the real clock. What is null among the settings it does without.</summary>
    public Process StartProcess(params IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(TMarker).Assembly.Location]) { WorkingDirectory = AppContext.BaseDirectory, UseShellExecute = false };
        Dictionary<string, string?> own = new()
        {
            [$"ConnectionStrings:{service}"] = Database.Runtime,
            ["ConnectionStrings:rabbitmq"] = Broker.Address,
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["Logging:LogLevel:Default"] = "None",
        };
        foreach (var (key, value) in Keys.Concat(Settings).Concat(own).Concat(settings))
        {
            var name = key.Replace(":", "__", StringComparison.Ordinal);
            start.Environment.Remove(name);
            if (value is not null)
                start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        _processes.Add(process);
        return process;
    }

    /// <summary>
    /// To be awaited after the clock was turned on: every instance has Directory's next heartbeat. They look for it once a second, and refuse sensitive acts until then.
    /// </summary>
    public async Task SignInIsFreshAsync()
    {
        await SignIn.PublishAsync(Database, Clock.GetUtcNow());
        await Eventually.TrueAsync(() => Task.FromResult(_instances.TrueForAll(instance => instance.Services.GetRequiredService<SignInState>().IsFresh)));
    }

    /// <summary>Every instance has its connection to the broker.</summary>
    public Task BusIsHealthyAsync() => Eventually.TrueAsync(() => Task.FromResult(
        _instances.TrueForAll(instance => instance.Services.GetRequiredService<IBusControl>().CheckHealth().Status == BusHealthStatus.Healthy)));

    /// <summary>Stops every instance, as an outage would: the database and the broker's queues stay.</summary>
    public async Task StopAsync()
    {
        foreach (var instance in _instances)
            await instance.DisposeAsync();
        _instances.Clear();
    }

    /// <summary>Plays the other services; its queue is bound to the given message types.</summary>
    public Task<TestBus> StartBusAsync(params Type[] receives) => TestBus.StartAsync(Broker.Address, receives);

    /// <summary>A client of an instance, signed in when an official or roles are given; an official holds a position.</summary>
    public HttpClient Client(Guid? officialId = null, int instance = 0, params string[] roles)
    {
        var client = _instances[instance].CreateClient();
        if (officialId is not null || roles.Length > 0)
            client.DefaultRequestHeaders.Authorization = SignIn.Header(Clock.GetUtcNow(), officialId, officialId is null ? roles : [Roles.Official, .. roles]);
        return client;
    }

    public virtual async ValueTask DisposeAsync()
    {
        // A test that failed has left some behind.
        foreach (var process in _processes)
        {
            if (!process.HasExited)
                await process.KillAsync();
            process.Dispose();
        }

        foreach (var instance in _instances)
            await instance.DisposeAsync();
        await DatabaseLink.DisposeAsync();
        await BrokerLink.DisposeAsync();
        await Database.DisposeAsync();
        if (SharedBroker is null)
            await Servers.DeleteVirtualHostAsync(Broker.Name);
        SignIn.Dispose();
        GC.SuppressFinalize(this);
    }
}
