using System.Linq.Expressions;
using Broadcast.Storage;

namespace Broadcast.Requests;

/// <summary>A broadcast as lists show it, and whoever met another's change.</summary>
/// <param name="Number">Told to people.</param>
/// <param name="Afterwards">How the examination stands of an emergency that was let go before it; null: it was not.</param>
/// <param name="OriginatorName">Null: the directory has not told of him.</param>
/// <param name="Revision">The one that counts; 0: not worded yet.</param>
/// <param name="Version">To go on from.</param>
internal sealed record BroadcastItem(
    Guid Id, long Number, BroadcastKind Kind, BroadcastState State, bool IsEmergency, Afterwards? Afterwards, Guid OriginatorId, string? OriginatorName, OriginatorBasis OriginatorBasis,
    string Subject, int Revision, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt, long Version)
{
    public static Expression<Func<BroadcastMessage, BroadcastItem>> Of { get; } = b => new(
        b.Id, b.Number, b.Kind, b.State, b.IsEmergency, b.Afterwards, b.OriginatorId, b.Originator == null ? null : b.Originator.Name, b.OriginatorBasis, b.Subject, b.Revision,
        b.CreatedAt, b.ChangedAt, b.Version);
}
