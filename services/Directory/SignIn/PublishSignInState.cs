using System.Security.Cryptography;
using Contracts.Directory;
using Directory.Storage;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Directory.SignIn;

/// <summary>
/// Tells every service the public keys and the revoked sessions: every two seconds, and at once when this process revokes a session. What another process has revoked,
/// which died or was a verb on the server, is so refused everywhere within five seconds too. Not through the outbox: the next one says everything again, and an old
/// one is worth nothing.
/// </summary>
internal sealed partial class PublishSignInState(
    IServiceScopeFactory scopes, SignInAuthority authority, SendingBus bus, ILogger<PublishSignInState> log) : BackgroundService
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                var state = await StoreAsync(stoppingToken);
                await PublishAsync(state, stoppingToken);
            }
            catch (CryptographicException fault)
            {
                // Nobody could sign in: better seen at the start than by the first user.
                WrongPassword(log, fault);
                throw;
            }
            catch (Exception fault) when (fault.IsInfrastructureFault())
            {
                NotStored(log, fault.GetType().Name);
            }

            await authority.WaitAsync(Heartbeat, stoppingToken);
        }
    }

    private async Task<SignInStatePublished> StoreAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DirectoryDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var state = await authority.StoreAsync(db, stop);
        await transaction.CommitAsync(stop);
        return state;
    }

    private async Task PublishAsync(SignInStatePublished state, CancellationToken stop)
    {
        // The services' copies grow old, and show it.
        if (await bus.TellAsync(state, SignInState.FreshFor, stop) is { } fault)
            NotPublished(log, fault);
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "Tokens:KeyPassword does not open the signing key in the database")]
    private static partial void WrongPassword(ILogger log, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sign-in state not stored: {Fault}")]
    private static partial void NotStored(ILogger log, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sign-in state not published: {Fault}")]
    private static partial void NotPublished(ILogger log, string fault);
}
