using ServiceDefaults;
using ServiceDefaults.Reports;
using ServiceDefaults.SignIn;

namespace Broadcast.Reporting;

/// <summary>Reports of one broadcast and of a month, and the dossier.</summary>
internal static class ReportingEndpoints
{
    public static void AddReporting(this WebApplicationBuilder builder) => ProduceMonthlyReports.Add<MonthFigures>(builder);

    public static void MapReporting(this RouteGroupBuilder broadcasts)
    {
        GetReport.Map(broadcasts);
        GetDossier.Map(broadcasts);
        new MonthlyReports("laporan-sms-koordinasi", Permissions.ReadBroadcastReports, Permissions.ProduceBroadcastReports, Permissions.SubmitBroadcastReports,
            Permissions.ForwardBroadcastReports).Map(broadcasts.MapGroup("/reports").WithTags("Reports").AcceptIdempotencyKey());
    }
}
