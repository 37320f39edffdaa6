{
    'table': 'wild_first_last_value',
    'schema': 'analytics',
    'dialect': 'redshift',
    'main_sql': """
        select distinct a.userid,
            first_value(a.channel) over(partition by a.userid order by b.ts, a.sessionid
                rows between unbounded preceding and unbounded following) as first_channel,
            last_value(a.channel) over(partition by a.userid order by b.ts, a.sessionid
                rows between unbounded preceding and unbounded following) as last_channel,
            nth_value(a.channel, 2) over(partition by a.userid order by b.ts, a.sessionid
                rows between unbounded preceding and unbounded following) as second_channel
        from raw_data.user_session_channel a
        left join raw_data.session_timestamp b on a.sessionid = b.sessionid
        where a.userid between 100 and 200;
    """,
    'input_check': [], 'output_check': [],
}
