using Microsoft.Extensions.Options;
using Notification.Operating;
using Notification.Providers;
using Npgsql;

namespace Notification.Mail;

/// <summary>
/// Commits the intents of a few due e-mails and hands them over side by side. A server that is away is asked by a few a second, not by all that wait. Instances share the
/// work by <c>skip locked</c>.
/// </summary>
internal sealed partial class SendDueEmail(
    NpgsqlDataSource database, HandOverEmail handOver, IOptions<EmailOptions> options, TimeProvider clock, ILogger<SendDueEmail> log) : BackgroundService
{
    // The statement is its own transaction: when rows come back, their intents are committed.
    private const string Lease = """
        with due as (
          select id from email
          where state = 'Queued' and next_attempt_at <= $1 and expires_at > $1
            and (quiet_from is null or (quiet_from > $1 and (not_before is null or not_before <= $1)))
            and (is_test or ($3 and not exists (select from pause where kind = 'Provider' and name = $4)))
            and purpose not in (select name from pause where kind = 'Lane')
          order by lane, next_attempt_at limit $2 for update skip locked)
        update email set state = 'Intent', intent_at = $1, changed_at = $1, lease_no = lease_no + 1, attempts = attempts + 1
        from due join email_content content on content.email_id = due.id
        where email.id = due.id
        returning email.id, lease_no, attempts, is_test, trace_parent, content.address, content.subject, content.text, content.unsubscribe_url
        """;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private volatile bool _isAway;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var slots = new SemaphoreSlim(options.Value.AtOnce, options.Value.AtOnce);
        try
        {
            while (true)
            {
                if (_isAway)
                {
                    _isAway = false;
                    await Task.Delay(Rest, stoppingToken);
                }

                await slots.WaitAsync(stoppingToken);
                var due = await LeaseAsync();
                if (due is null)
                {
                    slots.Release();
                    await Task.Delay(Rest, stoppingToken);
                }
                else
                {
                    _ = HandOverAsync(due, slots, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Conversations end within their time limit; cutting them off would make them uncertain.
            for (var ended = 0; ended < options.Value.AtOnce; ended++)
                await slots.WaitAsync(CancellationToken.None);
        }
    }

    /// <summary>Not cancelled at shutdown: an intent that was committed unseen would have to be called uncertain.</summary>
    private async Task<EmailToSend?> LeaseAsync()
    {
        try
        {
            await using var command = database.CreateCommand(Lease);
            foreach (var value in new object[] { clock.GetUtcNow(), 1, options.Value.IsOn, Pauses.MailServer })
                command.Parameters.Add(new() { Value = value });
            await using var row = await command.ExecuteReaderAsync(CancellationToken.None);
            return await row.ReadAsync(CancellationToken.None)
                ? new(row.GetGuid(0), row.GetInt32(1), row.GetInt32(2), row.GetBoolean(3), TextOrNull(row, 4), row.GetString(5), row.GetString(6), row.GetString(7), TextOrNull(row, 8))
                : null;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            Waiting(log, fault);
            return null;
        }
    }

    private static string? TextOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private async Task HandOverAsync(EmailToSend email, SemaphoreSlim slots, CancellationToken stop)
    {
        try
        {
            if (await handOver.RunAsync(email, stop) == SendResult.NotCalled)
                _isAway = true;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // The row stays an intent, and becomes uncertain.
            Failed(log, email.Id, fault);
        }
        finally
        {
            slots.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "E-mail waits")]
    private static partial void Waiting(ILogger log, Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "The outcome of e-mail {EmailId} was not recorded")]
    private static partial void Failed(ILogger log, Guid emailId, Exception fault);
}
