namespace Broadcast.Examination;

/// <summary>Nothing goes out on one person's word.</summary>
internal static class ExaminationEndpoints
{
    public static void MapExamination(this RouteGroupBuilder broadcasts)
    {
        SubmitBroadcast.Map(broadcasts);
        WithdrawSubmission.Map(broadcasts);
        ShowExamination.Map(broadcasts);
        ApproveBroadcast.Map(broadcasts);
        RefuseBroadcast.Map(broadcasts);
        ReleaseEmergency.Map(broadcasts);
        ExamineAfterwards.Map(broadcasts);
        Mandates.Map(broadcasts);
        ExaminationWords.Map(broadcasts);
    }
}
