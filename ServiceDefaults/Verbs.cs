using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults;

/// <summary>Something the program does instead of serving, named by its first argument: <c>--migrate</c>, <c>--verify-seals</c>.</summary>
/// <param name="Name">The argument, with its dashes.</param>
/// <param name="Run">Returns the exit code.</param>
public sealed record Verb(string Name, Func<IServiceProvider, ILogger, CancellationToken, Task<int>> Run);

/// <summary>Command-line verbs of a service.</summary>
public static class Verbs
{
    public static void AddVerb(
        this IServiceCollection services, string name, Func<IServiceProvider, ILogger, CancellationToken, Task<int>> run) =>
        services.AddSingleton(new Verb(name, run));

    /// <summary>Runs the verb that the arguments name, else serves until stopped. Returns the exit code.</summary>
    public static async Task<int> RunVerbOrServeAsync(this WebApplication app, string[] args)
    {
        foreach (var verb in app.Services.GetServices<Verb>().Where(verb => args.Contains(verb.Name)))
        {
            await using var scope = app.Services.CreateAsyncScope();
            return await verb.Run(scope.ServiceProvider, app.Logger, CancellationToken.None);
        }

        await app.RunAsync();
        return 0;
    }
}
