using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;

namespace InboundSms.History;

/// <summary>Officials by name and by what they held at an instant: who left since has not undone what he did.</summary>
internal sealed record Actors(IReadOnlyDictionary<Guid, string> Names, IReadOnlyList<Actors.Post> Posts)
{
    internal sealed record Post(Guid OfficialId, string Title, DateTimeOffset From, DateTimeOffset? To);

    public string? NameOf(Guid? official) => official is { } id ? Names.GetValueOrDefault(id) ?? PostOf(id, DateTimeOffset.MaxValue) : null;

    public string? PostOf(Guid? official, DateTimeOffset at) =>
        Posts.FirstOrDefault(post => post.OfficialId == official && post.From <= at && (post.To is null || at < post.To))?.Title;
}

internal static class ReadActors
{
    public static async Task<Actors> ActorsAsync(this InboundSmsDb db, IReadOnlyCollection<Guid> officials, CancellationToken stop)
    {
        var names = await db.Officials.Where(official => officials.Contains(official.Id)).ToDictionaryAsync(official => official.Id, official => official.Name, stop);
        var posts = await (
            from held in db.Assignments
            join position in db.Positions on held.PositionId equals position.Id
            where officials.Contains(held.OfficialId)
            orderby position.Code
            select new Actors.Post(held.OfficialId, position.Title, held.ValidFrom, held.ValidTo)).ToListAsync(stop);
        return new(names, posts);
    }
}
