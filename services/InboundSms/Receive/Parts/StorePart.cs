using InboundSms.Emergencies;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.AppendOnly;
using ServiceDefaults.Persistence;
using ServiceDefaults.Sms;

namespace InboundSms.Receive.Parts;

/// <summary>
/// Stores a part of a long message, and the message when it is the last that was missing, in one transaction. Parts come in any order, more than once, hours apart,
/// to several instances at once; handsets use their few references again and again.
/// </summary>
internal sealed partial class StorePart(IServiceScopeFactory scopes, TimeProvider clock, ILogger<StorePart> log) : IDisposable
{
    /// <summary>For so long a set takes parts: after it, a reference is another message's.</summary>
    public static readonly TimeSpan SetAge = TimeSpan.FromHours(24);

    /// <summary>Second half of the key of a sender's advisory lock.</summary>
    public const long SenderLock = 1;

    // Connections are for more than this.
    private readonly SemaphoreSlim _atOnce = new(8, 8);

    /// <summary>What became of the part, or of the message that it completes.</summary>
    public async Task<Storing> StoreAsync(ReceivedSms received, CancellationToken stop)
    {
        await _atOnce.WaitAsync(stop);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            return await StoreAsync(scope.ServiceProvider.GetRequiredService<InboundSmsDb>(), scope.ServiceProvider.GetRequiredService<RaiseEmergency>(), received, stop);
        }
        catch (DbUpdateException fault) when (fault.IsUniqueViolation("message_part_once"))
        {
            return Storing.Repeat;
        }
        finally
        {
            _atOnce.Release();
        }
    }

    public void Dispose() => _atOnce.Dispose();

    private async Task<Storing> StoreAsync(InboundSmsDb db, RaiseEmergency emergency, ReceivedSms received, CancellationToken stop)
    {
        var (sms, place) = (received.Sms, received.Sms.Part!);
        var sender = SenderOf(sms);
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        // One sender's parts one after the other, on any instance: they find the set that the first of them opened. What a provider's list tells of him waits as well.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({sender}, {SenderLock}))", stop);
        var (account, providerId) = (Text(sms.Account), Text(sms.ProviderMessageId));
        // A part that the provider's list told of before the door did is a message: the list does not say that it is a part.
        if (await db.MessageParts.Where(p => p.Channel == received.Channel && p.Account == account && p.ProviderMessageId == providerId && p.Number == place.Number)
            .Select(p => p.Content).AsNoTracking().SingleOrDefaultAsync(stop) is { } known)
            return known.Salt.Length == 0 || (known.Sender == sender && known.Repeats(ContentOf(received, sender))) ? Storing.Repeat : Storing.OtherWords;
        if (await db.Contents.Where(c => db.Messages.Any(m => m.Id == c.MessageId && m.Channel == received.Channel && m.Account == account && m.ProviderMessageId == providerId))
            .AsNoTracking().SingleOrDefaultAsync(stop) is { } listed)
            return listed.Salt.Length == 0 || (listed.Sender == sender && listed.Text == Text(sms.Text)) ? Storing.Repeat : Storing.OtherWords;

        // A set whose time ends at this moment is joined first, without this part: then it is a late one.
        await db.Database.ExecuteSqlAsync($"""
            select from part_set where closed_at is null and id in (
              select part.set_id from message_part part join message_part_content content on content.part_id = part.id where content.sender = {sender})
            order by id for update
            """, stop);
        var content = ContentOf(received, sender);
        var sets = await OpenAsync(db, received.Channel, account, content, place, stop);
        var set = Choose(sets, place.Number, content);
        if (set is null)
        {
            set = new() { Id = Guid.CreateVersion7(clock.GetUtcNow()), Channel = received.Channel, Account = account, Reference = Text(place.Reference), Total = place.Total, OpenedAt = clock.GetUtcNow() };
            db.Add(set);
            sets.Add(set, []);
        }

        var part = new MessagePart
        {
            Id = received.Id,
            SetId = set.Id,
            Channel = received.Channel,
            Account = account,
            ProviderMessageId = providerId,
            Number = place.Number,
            ReceivedAt = received.ReceivedAt,
            ProviderTime = sms.ProviderTime,
            Commitment = MessagePart.CommitmentOf(content.Salt, content.Sender, content.Recipient, content.Text, content.Units, content.Raw),
            Content = content,
        };
        var isRepeat = sets[set].Exists(other => other.Number == part.Number);
        sets[set].Add(part);
        db.Add(part);
        db.Seal(MessagePart.SealKind, part.Id, part.Commitment);
        if (set.ClosedAt is not null && !isRepeat)
            db.AddMessage(Joined.MessageOf($"part:{part.Id}", [part], isIncomplete: true, set.MessageId));
        else if (set.ClosedAt is null && sets[set].DistinctBy(other => other.Number).Count() == set.Total)
            db.Join(set, sets[set], isIncomplete: false, clock.GetUtcNow());
        else if (set.ClosedAt is null && !set.IsUrgent)
            set.IsUrgent = await emergency.FindAsync(content.Text, unit: null, stop) is not null;
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        Stored(log, part.Id, part.Number, set.Total, set.Id);
        return Storing.New;
    }

    /// <summary>
    /// The set that a part is of, newest first: one that has the very same part (a repeat), one that waits for its number, one that was joined without it. None: another
    /// message with the same reference, or the first part of one.
    /// </summary>
    private static PartSet? Choose(Dictionary<PartSet, List<MessagePart>> sets, int number, MessagePartContent content)
    {
        var newest = sets.Where(set => set.Key.ClosedAt is null || set.Value.DistinctBy(part => part.Number).Count() < set.Key.Total)
            .OrderByDescending(set => set.Key.OpenedAt).ThenByDescending(set => set.Key.Id).ToList();
        return newest.Find(set => set.Value.Exists(part => part.Number == number && part.Content.Repeats(content))).Key
            ?? newest.Find(set => set.Key.ClosedAt is null && !set.Value.Exists(part => part.Number == number)).Key
            ?? newest.Find(set => set.Key.ClosedAt is not null && !set.Value.Exists(part => part.Number == number)).Key;
    }

    /// <summary>Sets of the last day with this key, and their parts.</summary>
    private async Task<Dictionary<PartSet, List<MessagePart>>> OpenAsync(
        InboundSmsDb db, string channel, string account, MessagePartContent content, SmsPart place, CancellationToken stop)
    {
        var (since, reference) = (clock.GetUtcNow() - SetAge, Text(place.Reference));
        var rows = await (
            from part in db.MessageParts.Include(p => p.Content)
            join set in db.PartSets on part.SetId equals set.Id
            where part.Content.Sender == content.Sender && part.Content.Recipient == content.Recipient && set.Channel == channel && set.Account == account
                && set.Reference == reference && set.Total == place.Total && set.OpenedAt > since
            select new { Set = set, Part = part }).ToListAsync(stop);
        return rows.GroupBy(row => row.Set, row => row.Part).ToDictionary(set => set.Key, set => set.ToList());
    }

    private static MessagePartContent ContentOf(ReceivedSms received, string sender) => new()
    {
        PartId = received.Id,
        Salt = Commitment.NewSalt(),
        Sender = sender,
        Recipient = Text(received.Sms.Recipient),
        Text = Text(received.Sms.Text),
        Coding = received.Units?.Coding,
        Units = received.Units?.Units,
        Raw = received.Sms.Raw,
    };

    /// <summary>As it is stored.</summary>
    public static string SenderOf(IncomingSms sms) => Text(PhoneNumber.Parse(sms.Sender).Value);

    private static string Text(string text) => text.Replace('\0', '\uFFFD');

    [LoggerMessage(Level = LogLevel.Information, Message = "Part {PartId} is number {Number} of {Total} in set {SetId}")]
    private static partial void Stored(ILogger log, Guid partId, int number, int total, Guid setId);
}
