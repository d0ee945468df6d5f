using InboundSms.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.SignIn;

/// <summary>Looks where the door would open: after everything that the service starts by itself.</summary>
public sealed class StartingService() : ServiceFixture<InboundSmsDb>("inboundsms")
{
    public bool KnewItsCallers { get; private set; }

    protected override void Configure(IServiceCollection services) => services.AddHostedService(provider => new Door(() =>
        KnewItsCallers = provider.GetRequiredService<SignInState>().Verify(SignIn.Header(Clock.GetUtcNow()).Parameter!) is not null));

    private sealed class Door(Action open) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            open();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

public sealed class StartTests(StartingService service) : IClassFixture<StartingService>
{
    [Fact]
    public void PLT_4_an_instance_knows_who_is_signed_in_before_it_answers_anybody() => service.KnewItsCallers.ShouldBeTrue();
}
