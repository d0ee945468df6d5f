using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Notification.Providers;

namespace Notification.Mail;

/// <summary>Keeps conversations open: a handshake for each e-mail would cost more than the e-mail. Servers close idle ones after some minutes, and tire of long ones.</summary>
internal sealed class SmtpPool(IOptions<EmailOptions> options, TimeProvider clock) : IAsyncDisposable
{
    private const int MostSent = 100;
    private static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(30);

    private readonly ConcurrentStack<SmtpConnection> _idle = new();

    public async Task<SendOutcome> SendAsync(EmailToSend email)
    {
        using var limit = new CancellationTokenSource(options.Value.CallLimit);
        SmtpConnection connection;
        try
        {
            connection = await RentAsync(limit.Token);
        }
        catch (IOException fault)
        {
            return new(SendResult.NotCalled, fault.Message);
        }

        var message = MimeText.Of(email, options.Value, clock.GetUtcNow());
        var outcome = await connection.SendAsync(ReturnPath.Of(options.Value, email.Id), email, message, limit.Token);
        if (connection.IsUsable && connection.Sent < MostSent)
        {
            connection.UsedAt = clock.GetUtcNow();
            _idle.Push(connection);
        }
        else
        {
            await connection.DisposeAsync();
        }

        return outcome;
    }

    public async ValueTask DisposeAsync()
    {
        while (_idle.TryPop(out var connection))
            await connection.DisposeAsync();
    }

    private async Task<SmtpConnection> RentAsync(CancellationToken stop)
    {
        while (_idle.TryPop(out var connection))
        {
            // A refused recipient leaves a transaction behind, which is forgotten here as well.
            if (clock.GetUtcNow() - connection.UsedAt < LongestIdle && await connection.ResetAsync(stop))
                return connection;
            await connection.DisposeAsync();
        }

        return await SmtpConnection.OpenAsync(options.Value, stop);
    }
}
