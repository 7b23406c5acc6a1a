-- Keys and indexes, made after the bulk load.
ALTER TABLE public.reps ADD CONSTRAINT reps_name_key UNIQUE (name), ADD CONSTRAINT reps_email_key UNIQUE (email);
ALTER TABLE public.leads ADD PRIMARY KEY (id), ADD FOREIGN KEY (rep_id) REFERENCES public.reps;
ALTER TABLE public.appointments ADD PRIMARY KEY (id),
    ADD FOREIGN KEY (lead_id) REFERENCES public.leads ON DELETE CASCADE, ADD FOREIGN KEY (rep_id) REFERENCES public.reps;
ALTER TABLE public.deals ADD PRIMARY KEY (id),
    ADD FOREIGN KEY (lead_id) REFERENCES public.leads ON DELETE SET NULL, ADD FOREIGN KEY (rep_id) REFERENCES public.reps;
ALTER TABLE public.stage_history ADD PRIMARY KEY (id), ADD FOREIGN KEY (deal_id) REFERENCES public.deals ON DELETE CASCADE;
ALTER TABLE public.targets ADD PRIMARY KEY (month_start, rep_id), ADD FOREIGN KEY (rep_id) REFERENCES public.reps;

CREATE INDEX leads_created_at ON public.leads (created_at);
CREATE INDEX appointments_lead_id ON public.appointments (lead_id);
CREATE INDEX appointments_starts_at ON public.appointments (starts_at);
CREATE INDEX appointments_booked_at ON public.appointments (booked_at);
CREATE INDEX deals_lead_id ON public.deals (lead_id);
CREATE INDEX deals_opened_at ON public.deals (opened_at);
CREATE INDEX deals_closed_at ON public.deals (closed_at);
CREATE INDEX deals_open ON public.deals (id) WHERE status = 'open';
CREATE INDEX stage_history_deal_id ON public.stage_history (deal_id, entered_at);
CREATE INDEX stage_history_entered_at ON public.stage_history (entered_at);
