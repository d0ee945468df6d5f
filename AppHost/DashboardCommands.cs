using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AppHost;

/// <summary>Three buttons at the gateway.</summary>
internal static class DashboardCommands
{
    private const string Citizen = "+6281234567890";

    public static void WithDashboardCommands(this IResourceBuilder<ProjectResource> gateway, IResourceBuilder<ExecutableResource> city, Secrets secrets) => gateway
        .WithCommand("load-demonstration-city", "Load demonstration city", context => context.Services.GetRequiredService<ResourceCommandService>()
                .ExecuteCommandAsync(city.Resource, KnownResourceCommands.StartCommand, context.CancellationToken),
            new()
            {
                Description = "Creates what is missing of Kota Contoh; the log is that of demonstration-city.",
                IconName = "BuildingGovernment",
                IsHighlighted = true,
                UpdateState = WhenHealthy,
            })
        .WithCommand("play-citizen", "Play a citizen", context => CallAsync(gateway, context, async api =>
            {
                var secret = await secrets.KannelSecret.Resource.GetValueAsync(context.CancellationToken);
                var number = await secrets.CityNumber.Resource.GetValueAsync(context.CancellationToken);
                await api.SendAsCitizenAsync(
                    secret!, context.Arguments.GetString("from") ?? Citizen, number!, context.Arguments.GetString("text") ?? "", context.CancellationToken);
                return CommandResults.Success("The gateway took the SMS.");
            }),
            new()
            {
                Description = "Sends an SMS to the city's number, as Kannel would hand it over.",
                IconName = "PersonChat",
                IsHighlighted = true,
                UpdateState = WhenHealthy,
                Arguments =
                [
                    new() { Name = "text", Label = "Text", InputType = InputType.Text, Required = true, Value = "DINKES stok obat di puskesmas habis" },
                    new() { Name = "from", Label = "Citizen's number", InputType = InputType.Text, Required = true, Value = Citizen },
                ],
            })
        .WithCommand("replay-parked", "Replay parked messages", context => CallAsync(gateway, context, async api =>
            {
                var login = await secrets.AdminLogin.Resource.GetValueAsync(context.CancellationToken);
                var password = await secrets.AdminPassword.Resource.GetValueAsync(context.CancellationToken);
                var secret = await secrets.AdminTotpSecret.Resource.GetValueAsync(context.CancellationToken);
                var code = PlatformApi.CodeOf(secret!, TimeProvider.System.GetUtcNow());
                var (found, failed) = await api.ReplayParkedAsync(login!, password!, code, context.CancellationToken);
                return failed == 0 ? CommandResults.Success($"{found} given back.") : CommandResults.Failure($"{failed} of {found} could not be given back.");
            }),
            new()
            {
                Description = "Gives each message that a consumer gave up back to its consumer. Signs in as the demonstration's administrator: once in half a minute.",
                IconName = "ArrowReply",
                ConfirmationMessage = "Give all parked messages back to their consumers?",
                UpdateState = WhenHealthy,
            });

    private static ResourceCommandState WhenHealthy(UpdateCommandStateContext context) =>
        context.ResourceSnapshot.HealthStatus is HealthStatus.Healthy ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;

    private static async Task<ExecuteCommandResult> CallAsync(
        IResourceBuilder<ProjectResource> gateway, ExecuteCommandContext context, Func<PlatformApi, Task<ExecuteCommandResult>> call)
    {
        using var client = context.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        client.BaseAddress = new Uri(gateway.GetEndpoint("http").Url);
        try
        {
            return await call(new PlatformApi(client));
        }
        catch (HttpRequestException fault)
        {
            return CommandResults.Failure(fault);
        }
    }
}
