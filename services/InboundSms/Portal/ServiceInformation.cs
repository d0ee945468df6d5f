using System.Linq.Expressions;

namespace InboundSms.Portal;

/// <summary>What everybody may know of a unit's service (SMS-13, SPBE 24(4)). Plain text, Markdown at will; whoever shows it takes no HTML from it.</summary>
internal sealed class ServiceInformation
{
    /// <summary>Of the unit.</summary>
    public required Guid Id { get; init; }
    public string? Provider { get; set; }
    public string? Staff { get; set; }
    public string? Standards { get; set; }
    public string? Procedures { get; set; }
    public string? Pledge { get; set; }
    public string? Complaints { get; set; }
    public string EditedBy { get; set; } = "";
    public DateTimeOffset EditedAt { get; set; }
    public long Version { get; set; }
}

/// <param name="Provider">Profil penyelenggara.</param>
/// <param name="Staff">Profil pelaksana.</param>
/// <param name="Standards">Standar pelayanan.</param>
/// <param name="Procedures">Standar operasional prosedur.</param>
/// <param name="Pledge">Maklumat pelayanan.</param>
/// <param name="Complaints">Pengelolaan pengaduan.</param>
/// <param name="EditedAt">When it was last changed.</param>
/// <param name="Version">Counts the changes.</param>
public sealed record ServiceTexts(
    string? Provider, string? Staff, string? Standards, string? Procedures, string? Pledge, string? Complaints, DateTimeOffset EditedAt, long Version)
{
    internal static Expression<Func<ServiceInformation, ServiceTexts>> Of { get; } = of =>
        new(of.Provider, of.Staff, of.Standards, of.Procedures, of.Pledge, of.Complaints, of.EditedAt, of.Version);
}
