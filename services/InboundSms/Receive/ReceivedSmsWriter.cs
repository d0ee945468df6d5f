using System.Threading.Channels;
using Contracts.InboundSms;
using InboundSms.Storage;
using Npgsql;
using NpgsqlTypes;
using ServiceDefaults.AppendOnly;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.Sms;

namespace InboundSms.Receive;

/// <summary>
/// Group commit: what arrives while one statement runs goes into the next, up to 500 messages with their content, seal request and outbox row. One transaction
/// per message costs a disk flush each; the flush is shared here, and the caller still hears only after it.
/// </summary>
internal sealed class ReceivedSmsWriter(NpgsqlDataSource database, OutboxBell bell) : BackgroundService
{
    private const int LargestBatch = 500;
    private const int MostWaiting = 10_000;
    private const int Writers = 2;

    // Sorted by key before: two batches that hold the same keys must not wait for each other crosswise.
    private const string InsertBatch = """
        with input as (
          select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) as input (
            id, channel, account, provider_message_id, received_at, provider_time, commitment, salt, sender, sender_kind, recipient, text, raw,
            outbox_id, outbox_body, trace_parent)),
        stored as (
          insert into message (id, channel, account, provider_message_id, received_at, provider_time, commitment)
          select id, channel, account, provider_message_id, received_at, provider_time, commitment from input
          -- By its id, too: a message can come directly and through the spool at once.
          on conflict do nothing returning id),
        content as (
          insert into message_content (message_id, salt, sender, sender_kind, recipient, text, raw)
          select id, salt, sender, sender_kind, recipient, text, raw from input join stored using (id)),
        unsealed as (
          insert into unsealed (kind, entry_id, commitment) select 'message', id, commitment from input join stored using (id)),
        outbox as (
          insert into outbox (id, type, key, body, acted_by, occurred_at, trace_parent)
          select outbox_id, $17, id::text, outbox_body, $18, received_at, trace_parent from input join stored using (id))
        select id from stored
        """;

    // What was erased by law has no words to compare with.
    private const string AskOtherWords = """
        select input.ordinal from unnest($1, $2, $3, $4, $5) with ordinality as input (channel, account, provider_message_id, sender, text, ordinal)
        join message m using (channel, account, provider_message_id) join message_content c on c.message_id = m.id
        where length(c.salt) > 0 and (c.sender, c.text) is distinct from (input.sender, input.text)
        """;

    private sealed record Waiting(Message Message, MessageContent Content, OutboxRow Event)
    {
        public TaskCompletionSource<Storing> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.Wait });

    /// <summary>What became of it, once that is durable.</summary>
    /// <exception cref="NpgsqlException">The database is away; nothing was stored, or it is not known.</exception>
    public Task<Storing> StoreAsync(ReceivedSms received)
    {
        var (message, content, happened) = RowsOf(received);
        var waiting = new Waiting(message, content, happened);
        return _waiting.Writer.TryWrite(waiting) ? waiting.Outcome.Task : throw new TimeoutException("Too many messages wait for the database.");
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => WriteBatchesAsync(stoppingToken)));

    /// <summary>What a received message is in the database, but for its seal request.</summary>
    internal static (Message Message, MessageContent Content, OutboxRow Event) RowsOf(ReceivedSms received)
    {
        var sms = received.Sms;
        var sender = PhoneNumber.Parse(sms.Sender);
        var salt = Commitment.NewSalt();
        // PostgreSQL's text holds no NUL; the bytes as received do.
        var (from, recipient, text) = (WithoutNul(sender.Value), WithoutNul(sms.Recipient), WithoutNul(sms.Text));
        var message = new Message
        {
            Id = received.Id,
            Channel = received.Channel,
            Account = WithoutNul(sms.Account),
            ProviderMessageId = WithoutNul(sms.ProviderMessageId),
            ReceivedAt = received.ReceivedAt,
            ProviderTime = sms.ProviderTime,
            Commitment = Message.CommitmentOf(salt, from, recipient, text, sms.Raw),
        };
        var content = new MessageContent
        {
            MessageId = message.Id,
            Salt = salt,
            Sender = from,
            SenderKind = sender.Kind,
            Recipient = recipient,
            Text = text,
            Raw = sms.Raw,
        };
        return (message, content, OutboxRow.Of(
            message.Id.ToString(), Outbox.System, new SmsReceived { MessageId = message.Id, ReceivedAt = message.ReceivedAt }, message.ReceivedAt));
    }

    private static string WithoutNul(string text) => text.Replace('\0', '\uFFFD');

    private async Task WriteBatchesAsync(CancellationToken stop)
    {
        var batch = new List<Waiting>(LargestBatch);
        while (await _waiting.Reader.WaitToReadAsync(stop))
        {
            batch.Clear();
            while (batch.Count < LargestBatch && _waiting.Reader.TryRead(out var waiting))
                batch.Add(waiting);
            await WriteAsync(batch, stop);
        }
    }

    private async Task WriteAsync(List<Waiting> batch, CancellationToken stop)
    {
        try
        {
            batch.Sort(static (a, b) => string.CompareOrdinal(KeyOf(a.Message), KeyOf(b.Message)));
            var stored = await InsertAsync(batch, stop);
            bell.Ring();
            foreach (var waiting in batch.Where(waiting => stored.Contains(waiting.Message.Id)))
                waiting.Outcome.TrySetResult(Storing.New);
            batch.RemoveAll(waiting => stored.Contains(waiting.Message.Id));
            if (batch.Count > 0)
                await CompareAsync(batch, stop);
        }
        catch (Exception fault) when (batch.Count > 1 && !fault.IsInfrastructureFault() && !stop.IsCancellationRequested)
        {
            // One of them cannot be stored; the others must not pay for it.
            foreach (var waiting in batch.ToArray())
                await WriteAsync([waiting], stop);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            foreach (var waiting in batch)
                waiting.Outcome.TrySetException(fault);
        }
    }

    /// <summary>Of repeats only: the words under a provider's id stay the first ones, but others must not go without a trace.</summary>
    private async Task CompareAsync(List<Waiting> repeats, CancellationToken stop)
    {
        await using var command = database.CreateCommand(AskOtherWords);
        foreach (var column in new Func<Waiting, string>[] { w => w.Message.Channel, w => w.Message.Account, w => w.Message.ProviderMessageId, w => w.Content.Sender, w => w.Content.Text })
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, Value = repeats.ConvertAll(waiting => column(waiting)) });
        await using (var reader = await command.ExecuteReaderAsync(stop))
        {
            while (await reader.ReadAsync(stop))
                repeats[(int)reader.GetInt64(0) - 1].Outcome.TrySetResult(Storing.OtherWords);
        }

        foreach (var waiting in repeats)
            waiting.Outcome.TrySetResult(Storing.Repeat);
    }

    private static string KeyOf(Message message) => $"{message.Channel}\0{message.Account}\0{message.ProviderMessageId}";

    private async Task<HashSet<Guid>> InsertAsync(List<Waiting> batch, CancellationToken stop)
    {
        await using var command = database.CreateCommand(InsertBatch);
        void Column<T>(NpgsqlDbType type, Func<Waiting, T> value) =>
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = batch.ConvertAll(waiting => value(waiting)) });
        Column(NpgsqlDbType.Uuid, waiting => waiting.Message.Id);
        Column(NpgsqlDbType.Text, waiting => waiting.Message.Channel);
        Column(NpgsqlDbType.Text, waiting => waiting.Message.Account);
        Column(NpgsqlDbType.Text, waiting => waiting.Message.ProviderMessageId);
        Column(NpgsqlDbType.TimestampTz, waiting => waiting.Message.ReceivedAt);
        Column(NpgsqlDbType.TimestampTz, waiting => waiting.Message.ProviderTime);
        Column(NpgsqlDbType.Bytea, waiting => waiting.Message.Commitment);
        Column(NpgsqlDbType.Bytea, waiting => waiting.Content.Salt);
        Column(NpgsqlDbType.Text, waiting => waiting.Content.Sender);
        Column(NpgsqlDbType.Text, waiting => waiting.Content.SenderKind.ToString());
        Column(NpgsqlDbType.Text, waiting => waiting.Content.Recipient);
        Column(NpgsqlDbType.Text, waiting => waiting.Content.Text);
        Column(NpgsqlDbType.Bytea, waiting => waiting.Content.Raw);
        Column(NpgsqlDbType.Uuid, waiting => waiting.Event.Id);
        Column(NpgsqlDbType.Text, waiting => waiting.Event.Body);
        Column(NpgsqlDbType.Text, waiting => waiting.Event.TraceParent);
        command.Parameters.Add(new() { Value = typeof(SmsReceived).FullName! });
        command.Parameters.Add(new() { Value = Outbox.System });

        await using var reader = await command.ExecuteReaderAsync(stop);
        var stored = new HashSet<Guid>();
        while (await reader.ReadAsync(stop))
            stored.Add(reader.GetGuid(0));
        return stored;
    }
}
